package trial

import (
	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/agent"
	"github.com/benchgate/benchgate/internal/otlp"
	"github.com/benchgate/benchgate/internal/usage"
)

// account turns ledger, telemetry and the agent's own result into the trial's
// numbers. It is called however the trial ended, because the money is spent.
func (a *attempt) account(cancelled bool) {
	ledger := a.Meter.Entries(a.job.ID())
	records, broken := otlp.DecodeAll(a.Telemetry.Payloads(a.job.ID()))
	if len(broken) > 0 {
		a.log.Warn("telemetry payloads could not be decoded; they are kept as received", "payloads", len(broken), "first", broken[0])
	}
	a.ending = settle(a.ending, a.answers(), a.trial.Flagged(baselines.OutOfMemory))
	usage.Fill(&a.trial, usage.Input{
		Model:         a.job.Subject.Variant.Model,
		AskedModel:    a.row().AskedModel(a.worker().Model),
		SmallModels:   a.row().SmallModels,
		Ledger:        ledger,
		Records:       records,
		DecodeErrors:  len(broken),
		ReceiverLossy: a.Telemetry.Refused(a.job.ID()) > 0,
		Agent:         a.ending.Result,
		Killed:        a.trial.Flagged(baselines.Killed),
		NoTelemetry:   !a.row().Telemetry,
		Finished:      a.ending.Ended == baselines.Finished,
		// One that was cancelled before its first request has asked nothing.
		NoModel: a.job.Subject.NoModel() || !a.started || cancelled && len(ledger) == 0,
		Prices:  a.Prices,
	})
	a.noteOvershoot()
	a.noteFetched()
	if a.recorded != nil {
		a.flag(baselines.Replayed)
	}
}

// noteOvershoot says by how much the trial cost more than its limit.
func (a *attempt) noteOvershoot() {
	cost, limit := a.trial.CostUSD, a.Limits.USD
	if cost == nil || limit == 0 || cost.Total() <= limit {
		return
	}
	over := cost.Total() - limit
	a.trial.OverLimitUSD = &over
}

// answers is what the trial's requests came to so far.
func (a *attempt) answers() answers {
	return readAnswers(a.Meter.Entries(a.job.ID()), a.row(), a.job.Subject.Variant.Model, a.trial.Seconds.Agent)
}

// worker is the variant that did the work: in a replay, the recorded one.
func (a *attempt) worker() baselines.Variant {
	if a.recorded != nil {
		return a.recorded.Variant
	}
	return a.job.Subject.Variant
}

// row is the table's row of the agent that did the work: in a replay, the recorded
// one.
func (a *attempt) row() agent.Agent {
	if a.recorded != nil {
		return a.recorded.row
	}
	return a.job.Subject.Agent
}
