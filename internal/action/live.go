package action

import (
	"sync"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/report"
	"github.com/benchgate/benchgate/internal/run"
)

// live counts whole trials while a run goes on, and has somebody tell of them.
// Telling may take long and is never waited for by a trial: what came meanwhile is
// told together.
type live struct {
	post func(report.Running) // one call at a time

	mu    sync.Mutex
	count report.Running
	usd   map[baselines.Arm]*float64 // nil: of some trial it is not known
	due   chan report.Running        // the newest that is to be told, if any
	done  chan struct{}
}

// newLive begins with what is known before the first trial; end must be called.
func newLive(begin report.Running, post func(report.Running)) *live {
	l := &live{post: post, count: begin, usd: make(map[baselines.Arm]*float64), due: make(chan report.Running, 1), done: make(chan struct{})}
	zero := 0.0
	l.count.USD = &zero
	go func() {
		defer close(l.done)
		for r := range l.due {
			l.post(r)
		}
	}()
	return l
}

// progress takes one event of the run.
func (l *live) progress(e run.Progress) {
	if e.Trial == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.add(e)
	if !e.Final {
		return
	}
	select {
	case <-l.due: // nobody came to tell it, and there is something newer
	default:
	}
	l.due <- l.count
}

// add counts a trial, or a try of one. Both arms are copied: somebody may be
// reading what was counted before.
func (l *live) add(e run.Progress) {
	arm := l.count.Candidate
	isBaseline := e.Arm == baselines.Baseline && l.count.Baseline != nil
	if isBaseline {
		arm = *l.count.Baseline
	}
	if e.Final && e.Trial.Ended.Counts() {
		arm.Trials++
		if e.Trial.IsSolved() {
			arm.Solved++
		}
		if !isBaseline {
			l.count.Done++
		}
	}
	spent, known := l.usd[e.Arm]
	if !known {
		spent = new(float64)
	}
	l.usd[e.Arm] = plus(spent, e.Trial)
	l.count.USD = plus(l.count.USD, e.Trial)
	arm.CostPerSolvedUSD = nil
	if spent = l.usd[e.Arm]; spent != nil && arm.Solved > 0 {
		each := *spent / float64(arm.Solved)
		arm.CostPerSolvedUSD = &each
	}
	if isBaseline {
		l.count.Baseline = &arm
	} else {
		l.count.Candidate = arm
	}
}

// plus adds what a trial cost; nil once it is not known.
func plus(sum *float64, t *baselines.Trial) *float64 {
	if sum == nil || t.CostUSD == nil {
		return nil
	}
	total := *sum + t.CostUSD.Total()
	return &total
}

// soFar is the count now.
func (l *live) soFar() report.Running {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.count
}

// end waits for what is being told, whose context must bound it, and tells
// nothing more. No trial may come after it.
func (l *live) end() {
	close(l.due)
	<-l.done
}
