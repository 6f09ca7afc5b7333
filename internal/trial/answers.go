package trial

import (
	"net/http"
	"slices"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/agent"
	"github.com/benchgate/benchgate/internal/meter"
	"github.com/benchgate/benchgate/internal/prices"
)

// outcome is what a trial's requests to the model API came to, all together.
type outcome int

const (
	notAsked     outcome = iota // there was none, or each was broken off early by the agent or the trial's end
	answered                    // every one was answered with a result
	recovered                   // the last was answered, an earlier one was not
	rejected                    // the last was refused for what the agent wrote in it
	refused                     // not one was answered, and the last was refused for key, credit or model
	refusedLater                // the same after some answers
	down                        // not one was answered, and the last met a rate limit, an outage, the network or silence
	downLater                   // the same after some answers
	downLong                    // the same, and more than half of the time passed after the last answer
	overBudget                  // the meter refused one because of the trial's limit of dollars or tokens
)

// answers is what became of a trial's requests.
type answers struct {
	cameTo outcome
	last   meter.Entry // the last one's finished line; zero when nothing was asked

	over meter.RetryClass // of overBudget: which limit was reached
}

// isOver reports whether the meter refused a request because of the trial's own limits.
func isOver(e meter.Entry) bool { return e.Retry == meter.OverBudget || e.Retry == meter.OverTokens }

// APIFailed tells from the ledger lines of an earlier trial that the model API, and
// not the variant, made it what it is: it must not be judged, and is worth another
// measurement.
func (s Subject) APIFailed(t baselines.Trial, ledger []meter.Entry) bool {
	seen := readAnswers(ledger, s.Agent, s.Variant.Model, t.Seconds.Agent)
	switch seen.cameTo {
	case refused, refusedLater, down, downLater, downLong:
		return settle(agent.Ending{Ended: t.Ended}, seen, t.Flagged(baselines.OutOfMemory)).Ended == baselines.InfraError
	}
	return false
}

// readAnswers reads the ledger lines of a trial whose agent ran the model for that
// many seconds.
func readAnswers(ledger []meter.Entry, row agent.Agent, model string, seconds float64) answers {
	lines := askedLines(ledger, row, model)
	if len(lines) == 0 {
		return readSilence(ledger, seconds)
	}
	last := len(lines) - 1
	seen := answers{last: lines[last]}
	lastAnswer := last
	for lastAnswer >= 0 && !isAnswer(lines[lastAnswer]) {
		lastAnswer--
	}
	switch later := lastAnswer >= 0; {
	case slices.ContainsFunc(lines, isOver):
		seen.cameTo = overBudget
		seen.over = lines[slices.IndexFunc(lines, isOver)].Retry
	case lastAnswer == last && !slices.ContainsFunc(lines, func(e meter.Entry) bool { return !isAnswer(e) }):
		seen.cameTo = answered
	case lastAnswer == last:
		seen.cameTo = recovered
	case refuses(seen.last, row, model) && later:
		seen.cameTo = refusedLater
	case refuses(seen.last, row, model):
		seen.cameTo = refused
	case !seen.last.Retry.Retried():
		seen.cameTo = rejected
	case !later:
		seen.cameTo = down
	case isLong(lines[lastAnswer], ledger):
		seen.cameTo = downLong
	default:
		seen.cameTo = downLater
	}
	return seen
}

// askedLines are the finished lines of the requests that came to something: those
// that the agent or the end of the trial broke off, or of which there were too many
// at once, did not. The agent's
// housekeeping on a small model is left out as long as there is anything else: its
// answers solve no task, and without them it still can be solved.
func askedLines(ledger []meter.Entry, row agent.Agent, model string) []meter.Entry {
	var all, work []meter.Entry
	for _, e := range ledger {
		if e.Kind != meter.Finished || e.Retry == meter.Aborted || e.Retry == meter.Crowded || e.Retry == meter.Revoked && !isAnswer(e) {
			continue
		}
		all = append(all, e)
		if e.Role(model, row.SmallModels) != baselines.RoleAuxiliary {
			work = append(work, e)
		}
	}
	if len(work) == 0 {
		return all
	}
	return work
}

// readSilence reads the lines of a trial whose every request was broken off by the
// agent or the trial's end. The API was not there when no connection was made within
// a second, or not a byte of an answer came in more than half of the agent's time.
func readSilence(ledger []meter.Entry, seconds float64) answers {
	var seen answers
	unreached, waited := false, 0.0
	for _, e := range ledger {
		if e.Kind != meter.Finished || e.Status != 0 {
			continue
		}
		seen.last = e
		unreached = unreached || !e.Cut && e.Seconds >= 1
		waited += e.Seconds
	}
	if unreached || seconds > 0 && waited > seconds/2 {
		seen.cameTo = down
	}
	return seen
}

// isAnswer tells whether the API answered with a result, or was doing so when the
// trial's time was over.
func isAnswer(e meter.Entry) bool {
	return e.Retry == "" || e.Retry == meter.Revoked && e.Status == http.StatusOK
}

// isLong tells whether more than half of the time between the first and the last
// line of the trial passed after the last answer.
func isLong(lastAnswer meter.Entry, ledger []meter.Entry) bool {
	byTime := func(a, b meter.Entry) int { return a.Time.Compare(b.Time) }
	first, last := slices.MinFunc(ledger, byTime).Time, slices.MaxFunc(ledger, byTime).Time
	return last.Sub(lastAnswer.Time) > last.Sub(first)/2
}

// refuses tells whether the API refused the key, its credit, or the model that the
// agent was to run, or the meter that model for want of a price. An unknown model
// that it asked for by itself is a wrong request of its own.
func refuses(e meter.Entry, row agent.Agent, model string) bool {
	if e.Refusal() != meter.NoModel && e.Refusal() != meter.NoPrice {
		return e.Refusal() != ""
	}
	same := func(name string) bool { return prices.BaseName(name) == prices.BaseName(e.Model) }
	switch asked := row.AskedModel(model); {
	case asked != "":
		return same(asked)
	case model != "": // an alias: whatever it stands for is no small model, as a rule
		return !slices.ContainsFunc(row.SmallModels, same)
	}
	return false
}

// AskedModel is the name under which the subject's agent asks the API for its model;
// empty when it asks none, or only the agent knows.
func (s Subject) AskedModel() string {
	if !s.Agent.AsksModel() {
		return ""
	}
	return s.Agent.AskedModel(s.Variant.Model)
}

// Refused tells whether the API refused a request for what the subject brings: its
// key, its credit or its model.
func (s Subject) Refused(e meter.Entry) bool { return refuses(e, s.Agent, s.Variant.Model) }
