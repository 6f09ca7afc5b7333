package site

import (
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/agent"
	"github.com/benchgate/benchgate/internal/meter"
	"github.com/benchgate/benchgate/internal/otlp"
	"github.com/benchgate/benchgate/internal/prices"
	"github.com/benchgate/benchgate/internal/report"
	"github.com/benchgate/benchgate/internal/trial"
	"github.com/benchgate/benchgate/internal/usage"
)

// metered is a command whose requests and telemetry are taken in.
type metered struct {
	id       string // in the ledger
	model    string // the main one; empty: not said
	linger   time.Duration
	meter    *meter.Meter
	receiver *otlp.Receiver
	prices   *prices.Table

	begun time.Time
	end   end
	kept  *int64 // lines that are in the working directory and were not; nil: not known
}

// smallModels are those that agents use for their housekeeping, which can be told
// apart only when the main model is known.
func (w *metered) smallModels() (all []string) {
	if w.model == "" {
		return nil
	}
	for _, row := range agent.Table() {
		all = append(all, row.SmallModels...)
	}
	return all
}

// readWorkdir is nil when the directory cannot be read, or is too large.
func readWorkdir(log *slog.Logger) *trial.Workdir {
	dir, err := trial.ReadWorkdir(".")
	if err != nil {
		log.Debug("the lines that the command leaves are not counted", "error", err)
		return nil
	}
	return dir
}

func keptSince(before, after *trial.Workdir) *int64 {
	if before == nil || after == nil {
		return nil
	}
	kept := after.KeptSince(before)
	return &kept
}

// bill says what is known of a command that has ended, and of its requests.
func (w *metered) bill() report.Bill {
	ledger := w.meter.Entries(w.id)
	bill := billOf(ledger, w.prices)
	bill.Trial = w.trial(ledger)
	if w.end.left {
		bill.Lingered = w.linger.Seconds()
	}
	return bill
}

// trial is the command as a trial: no task of its own, and no tests.
func (w *metered) trial(ledger []meter.Entry) baselines.Trial {
	t := baselines.Trial{
		Seq: 1, Task: "command", Attempt: 1, Try: 1, Started: w.begun.UTC(),
		Seconds: baselines.Seconds{Agent: w.end.seconds, Total: w.end.seconds},
	}
	t.Ended, t.Reason = w.ended(ledger)
	records, broken := otlp.DecodeAll(w.receiver.Payloads(w.id))
	usage.Fill(&t, usage.Input{
		Model: w.model, SmallModels: w.smallModels(), Ledger: ledger, Prices: w.prices,
		Records: records, DecodeErrors: len(broken), ReceiverLossy: w.receiver.Refused(w.id) > 0,
		NoTelemetry: true, // of a command nobody knows
		Killed:      w.end.killed,
	})
	if t.Lines != nil {
		t.Lines.Kept = w.kept
	}
	if len(ledger) == 0 && usage.AskedModel(records) {
		t.Flags = append(t.Flags, baselines.RequestsElsewhere)
	}
	return t
}

func (w *metered) ended(ledger []meter.Entry) (baselines.Ended, string) {
	limits := []meter.RetryClass{meter.OverBudget, meter.OverTokens, meter.NoRequests}
	switch {
	case w.end.told != nil:
		return baselines.Cancelled, fmt.Sprintf("stopped from outside (%v)", w.end.told)
	case slices.ContainsFunc(ledger, func(e meter.Entry) bool { return slices.Contains(limits, e.Retry) }):
		return baselines.Budget, "a limit of dollars, tokens or requests was reached"
	case w.end.code != 0:
		return baselines.AgentError, fmt.Sprintf("exit code %d", w.end.code)
	}
	return baselines.Finished, ""
}
