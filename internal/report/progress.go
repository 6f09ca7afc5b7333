package report

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/benchgate/benchgate/baselines"
)

// FinishedTrial is one trial that just ended, for [Line].
type FinishedTrial struct {
	Done, Planned int // trials of the whole command, this one included

	Arm   baselines.Arm
	Trial baselines.Trial

	// Logs is where the transcript and the tests' output are; shown when the
	// trial was not solved.
	Logs string
}

// Line is a finished trial in one line of at most width columns, without line
// break or colour; zero: as many as it takes, for logs:
//
//	7/20  candidate  parse-stack #2                    solved  $0.0617  41 s
//
// Names are padded, so that lines align for tasks of usual length. Where space is
// short, the reason goes before the name, and the logs' place is left out.
func Line(f FinishedTrial, width int) string {
	t := f.Trial
	total := strconv.Itoa(f.Planned)
	cost := "cost not known"
	if usd, known := t.Cost(); known {
		cost = dollars(usd)
	}
	before := fmt.Sprintf("%*d/%s  %s  ", len(total), f.Done, total, pad(string(f.Arm), 9, false))
	after := fmt.Sprintf("  %s  %s  %s", pad(howItWent(t), 9, false), pad(cost, 8, true), duration(t.Seconds.Total))
	name, attempt := plain(t.Task, maxName), " #"+strconv.Itoa(t.Attempt)
	reason := plain(t.Reason, maxProse)
	if reason != "" {
		reason = "  " + reason
	}
	logs := ""
	if !t.IsSolved() && f.Logs != "" {
		logs = "  see " + plain(f.Logs, maxProse)
	}
	nameColumns := 32
	if width > 0 {
		const shortest, forReason = 16, 42
		left := width - displayWidth(before+after)
		nameColumns = min(max(left-forReason, shortest), nameColumns)
		name = shorten(name, nameColumns-len(attempt))
		if reason = cut(reason, max(left-nameColumns, 0)); displayWidth(reason+logs) > left-nameColumns {
			logs = ""
		}
	}
	line := before + pad(name+attempt, nameColumns, false) + after + reason + logs
	if width > 0 {
		line = cut(line, width)
	}
	return line
}

// howItWent puts the tests' answer first, then the end when it was not the
// agent's own. A trial without the tests having run has only its end.
func howItWent(t baselines.Trial) string {
	answer := ""
	switch {
	case t.Solved == nil && t.Ended == baselines.Finished:
		answer = "no answer"
	case t.Solved == nil:
	case *t.Solved:
		answer = "solved"
	default:
		answer = "failed"
	}
	var parts []string
	if answer != "" {
		parts = append(parts, answer)
	}
	if t.Ended != baselines.Finished {
		parts = append(parts, endedWords[t.Ended])
	}
	how := strings.Join(parts, ", ")
	if t.Try > 1 {
		how += " (try " + strconv.Itoa(t.Try) + ")"
	}
	return how
}

// Status is a run that is going on, for [Block].
type Status struct {
	Suite    string
	Seconds  float64  // since the command began
	USD      *float64 // so far, both arms; nil: not known
	LimitUSD *float64 // of the command; nil: none
	Arms     []ArmStatus
	Running  []RunningTrial
	Steps    []Step // what else goes on; without arms all that there is to show
	Note     string // what the run waits for, say; one line or empty
}

// ArmStatus is one arm so far. A stored baseline has no arm here.
type ArmStatus struct {
	Arm           baselines.Arm
	Variant       string
	Done, Planned int
	Solved        int
	USD           *float64 // nil: not known
}

// RunningTrial is one trial that has begun.
type RunningTrial struct {
	Arm     baselines.Arm
	Task    string
	Attempt int
	Phase   string // "setup", "agent" or "tests"
	Seconds float64
	USD     *float64 // nil: not known, and not mentioned
}

// How many running trials and steps a block lists.
const (
	blockTrials = 8
	blockSteps  = 4
)

// Block is the state of a run in a few lines for a terminal that redraws
// them. No line is wider than the terminal, so that the caller can count on
// len(lines) rows.
func Block(s Status, opts TextOptions) []string {
	p, width := painter(opts.Color), opts.width()-1 // the last column may wrap
	var lines []string
	if len(s.Arms) > 0 {
		lines = append(lines, p.paint(strong, cut(statusTitle(s), width)))
	}
	lines = append(lines, aligned(armRows(s.Arms), width)...)
	for _, line := range aligned(runningRows(s.Running), width) {
		lines = append(lines, p.paint(faint, line))
	}
	if rest := len(s.Running) - blockTrials; rest > 0 {
		lines = append(lines, p.paint(faint, cut(fmt.Sprintf("  and %d more running", rest), width)))
	}
	for _, step := range s.Steps[:min(len(s.Steps), blockSteps)] {
		lines = append(lines, p.paint(faint, Waiting(step, width)))
	}
	if note := plain(s.Note, maxProse); note != "" {
		lines = append(lines, p.paint(doubtful, cut(note, width)))
	}
	return lines
}

func statusTitle(s Status) string {
	var done, planned int
	for _, arm := range s.Arms {
		done += arm.Done
		planned += arm.Planned
	}
	spent := "dollars not known"
	if s.USD != nil {
		spent = dollars(*s.USD)
	}
	if s.LimitUSD != nil {
		spent += " of at most " + dollars(*s.LimitUSD)
	}
	title := fmt.Sprintf("%d of %s · %s · %s", done, plural(planned, "trial"), duration(s.Seconds), spent)
	if suite := plain(s.Suite, titleName); suite != "" {
		title = suite + " · " + title
	}
	return title
}

func armRows(arms []ArmStatus) [][]string {
	var rows [][]string
	for _, arm := range arms {
		rows = append(rows, []string{
			"  " + string(arm.Arm), plain(arm.Variant, titleName), fmt.Sprintf("%d/%d", arm.Done, arm.Planned),
			fmt.Sprintf("%d solved", arm.Solved), known(arm.USD, dollars), bar(arm.Done, arm.Planned),
		})
	}
	return rows
}

func runningRows(running []RunningTrial) [][]string {
	var rows [][]string
	for _, t := range running[:min(len(running), blockTrials)] {
		spent := "" // a trial that has just begun has no bill: nothing to wonder about
		if t.USD != nil {
			spent = dollars(*t.USD)
		}
		rows = append(rows, []string{
			"  " + string(t.Arm), plain(t.Task, titleName) + " #" + strconv.Itoa(t.Attempt),
			plain(t.Phase, 12), duration(t.Seconds), spent,
		})
	}
	return rows
}

// bar has twenty steps; it is full only when everything is done.
func bar(done, planned int) string {
	const steps = 20
	filled := 0
	if planned > 0 {
		filled = min(max(done*steps/planned, 0), steps)
	}
	return strings.Repeat("━", filled) + strings.Repeat("┄", steps-filled)
}

// aligned joins rows into lines of at most width columns, cells below cells.
func aligned(rows [][]string, width int) []string {
	var widths []int
	for _, row := range rows {
		for i, text := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], displayWidth(text))
		}
	}
	var lines []string
	for _, row := range rows {
		var b strings.Builder
		for i, text := range row {
			b.WriteString(pad(text, widths[i]+columnGap, false))
		}
		lines = append(lines, cut(strings.TrimRight(b.String(), " "), width))
	}
	return lines
}
