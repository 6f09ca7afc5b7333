package run_test

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/meter"
	"github.com/benchgate/benchgate/internal/run"
	"github.com/benchgate/benchgate/internal/scriptedmodel"
)

// measured is one trial as three parties know it: the record, the ledger on
// disk, and the model server.
type measured struct {
	baselines.Trial
	id     string
	dir    string
	model  string
	ledger []meter.Entry          // finished lines, in the file's order
	served []scriptedmodel.Served // in the ledger's order
}

// join brings the three together, by request id. What the server served and no
// ledger line names, or the other way round, fails.
func join(t *testing.T, result *run.Result, truth []scriptedmodel.Served) []measured {
	t.Helper()
	served := make(map[string]scriptedmodel.Served)
	for _, s := range truth {
		if s.Path == "/v1/messages" {
			served[s.RequestID] = s
		}
	}
	var all []measured
	for _, r := range []*baselines.Run{result.Baseline, result.Candidate} {
		for _, trial := range r.Trials {
			id := fmt.Sprintf("%s/%s/%d.%d", r.Header.Arm, trial.Task, trial.Attempt, trial.Try)
			all = append(all, measured{
				Trial: trial, id: id, model: r.Header.Variant.Model,
				dir: filepath.Join(result.Dir, "trials", filepath.FromSlash(id)),
			})
		}
	}
	for _, e := range readLedger(t, filepath.Join(result.Dir, "ledger.jsonl")) {
		i := slices.IndexFunc(all, func(m measured) bool { return m.id == e.Trial })
		s, known := served[e.RequestID]
		switch {
		case i < 0:
			t.Errorf("a ledger line is of no trial: %+v", e)
		case !known:
			t.Errorf("a ledger line is of a request that was not served, or has it twice: %+v", e)
		default:
			all[i].ledger = append(all[i].ledger, e)
			all[i].served = append(all[i].served, s)
			delete(served, e.RequestID)
		}
	}
	for _, s := range served {
		t.Errorf("the ledger lacks a request that was served: %+v", s)
	}
	return all
}

// readLedger returns the finished lines; every one must have been announced.
func readLedger(t *testing.T, file string) []meter.Entry {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	type request struct {
		trial  string
		number int
	}
	started := make(map[request]bool)
	var finished []meter.Entry
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var e meter.Entry
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			t.Fatalf("%s: %v: %s", file, err, lines.Text())
		}
		key := request{e.Trial, e.Request}
		if e.Kind == meter.Started {
			started[key] = true
			continue
		}
		if !started[key] {
			t.Errorf("finished without started: %+v", e)
		}
		delete(started, key)
		finished = append(finished, e)
	}
	if len(started) > 0 {
		t.Errorf("started and never finished: %v", started)
	}
	return finished
}

// bill is what one request was and cost.
type bill struct {
	RequestID, Model, Answered, AgentID, SessionID string
	Status                                         int
	Tokens                                         baselines.Tokens
	USD                                            float64
}

// compareLedger holds the ledger against the truth, request by request.
func (m measured) compareLedger(t *testing.T) {
	t.Helper()
	var want, got []bill
	for i, s := range m.served {
		w := bill{s.RequestID, s.Model, s.Answered, s.AgentID, s.SessionID, s.Status, s.Tokens, m.usd(t, i)}
		if s.Status != 200 {
			w.Answered = ""
		}
		want = append(want, w)
		e := m.ledger[i]
		g := bill{e.RequestID, e.Model, e.Answered, e.AgentID, e.SessionID, e.Status, baselines.Tokens{}, 0}
		if e.Tokens != nil {
			g.Tokens, g.USD = *e.Tokens, *e.USD
		}
		got = append(got, g)
	}
	if diff := gocmp.Diff(want, got, cmpopts.EquateApprox(0, 1e-12)); diff != "" {
		t.Errorf("%s: ledger and truth (-served +ledger):\n%s", m.id, diff)
	}
}

// usd is the price of what was served, worked out by hand from the published
// list: both models cost $5 for a million input tokens, $25 output, $6.25 and
// $10 for what is written to the cache for 5 minutes and for an hour, $0.50 for
// what is read from it.
func (m measured) usd(t *testing.T, i int) float64 {
	t.Helper()
	s := m.served[i]
	if s.Status != 200 {
		return 0
	}
	if s.Answered != "claude-opus-4-7" && s.Answered != "claude-opus-4-8" {
		t.Fatalf("%s: %s answered, which the script does not ask for", m.id, s.Answered)
	}
	k := s.Tokens
	return (5*float64(k.Input) + 25*float64(k.Output) + 6.25*float64(k.CacheWrite5m) + 10*float64(k.CacheWrite1h) + 0.5*float64(k.CacheRead)) / 1e6
}

// compareRecord holds the trial's record against the sums of the truth.
func (m measured) compareRecord(t *testing.T) {
	t.Helper()
	var tokens baselines.Tokens
	var cost baselines.CostUSD
	answered, failed := 0, 0
	byModel := make(map[string]baselines.Tokens)
	for i, s := range m.served {
		switch {
		case s.Status != 200:
			failed++
			continue
		case s.AgentID != "":
			cost.Subagent += m.usd(t, i)
		case s.Model != m.model:
			cost.Auxiliary += m.usd(t, i)
		default:
			cost.Main += m.usd(t, i)
		}
		answered++
		tokens = tokens.Add(s.Tokens)
		byModel[s.Answered] = byModel[s.Answered].Add(s.Tokens)
	}
	got := make(map[string]baselines.Tokens)
	for name, model := range m.Models {
		got[name] = model.Tokens
	}
	for _, c := range []struct {
		what      string
		want, got any
	}{
		{"tokens", &tokens, m.Tokens},
		{"tokens by model", byModel, got},
		{"requests", answered, *m.Requests},
		{"retries", failed, *m.Retries},
	} {
		if diff := gocmp.Diff(c.want, c.got); diff != "" {
			t.Errorf("%s: %s (-served +recorded):\n%s", m.id, c.what, diff)
		}
	}
	if m.CostUSD == nil {
		t.Fatalf("%s: no dollars are recorded", m.id)
	}
	for _, c := range []struct {
		role      string
		want, got float64
	}{
		{"main", cost.Main, m.CostUSD.Main},
		{"subagent", cost.Subagent, m.CostUSD.Subagent},
		{"auxiliary", cost.Auxiliary, m.CostUSD.Auxiliary},
		{"unfinished", 0, m.CostUSD.Unfinished},
	} {
		if !near(c.want, c.got) {
			t.Errorf("%s: $%v of %s are recorded, $%v were served", m.id, c.got, c.role, c.want)
		}
	}
}

// near allows for sums made in another order, nothing more.
func near(a, b float64) bool { return math.Abs(a-b) <= 1e-12*max(1, math.Abs(a), math.Abs(b)) }

// of finds the trials of one arm and task, by attempt.
func of(all []measured, arm baselines.Arm, task string) []measured {
	var out []measured
	for _, m := range all {
		if m.Task == task && filepath.Dir(filepath.Dir(m.id)) == string(arm) {
			out = append(out, m)
		}
	}
	slices.SortFunc(out, func(a, b measured) int { return cmp.Compare(a.Attempt, b.Attempt) })
	return out
}
