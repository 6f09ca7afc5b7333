package forward

// own begins all names of benchgate's own. Agents cannot use them: their records are
// stripped of them on the way.
const own = "benchgate."

// Resource attributes, on everything that goes out: on what the agents sent, and on
// what benchgate adds.
const (
	AttrInstance = "service.instance.id" // "<run>/<trial>": every trial is an instance of its own, which Prometheus makes the label "instance"
	AttrService  = "service.name"        // of benchgate's own telemetry: "benchgate"; of agents their own

	AttrRun     = own + "run.id"
	AttrSuite   = own + "suite"
	AttrTask    = own + "task"
	AttrAttempt = own + "attempt" // whole number, from 1
	AttrTry     = own + "try"     // whole number, from 1
	AttrArm     = own + "arm"     // candidate or baseline
	AttrVariant = own + "variant" // the variant's name
	AttrModel   = own + "model"   // the variant's model; absent of agents without one
	AttrAgent   = own + "agent"   // "claude-code@2.1.330"
	AttrConfirm = own + "confirm" // true, only on the trials of live pairs
)

// Metrics of each trial, with the time of its end: gauges, so that a point that comes
// twice changes no sum, but for requests. Each is a series of one point.
const (
	MetricTrialCost       = own + "trial.cost"        // USD, by role; absent when not known
	MetricTrialSolved     = own + "trial.solved"      // 1 or 0; absent when the tests gave no answer
	MetricTrialSeconds    = own + "trial.seconds"     // s, by phase
	MetricTrialToolCalls  = own + "trial.tool_calls"  // absent when not known
	MetricTrialToolErrors = own + "trial.tool_errors" // of those; absent when not known
	MetricTrialAgreement  = own + "trial.agreement"   // USD, by source: the three views of one bill, never to be added up
	MetricRequests        = own + "requests"          // sum, by class, status and model: model requests as the meter saw them

	// MetricVerdict is 1, once a run, at the end of its last trial.
	MetricVerdict = own + "verdict"
)

// Attributes of these points and of the span over a trial.
const (
	AttrSession = "session.id" // of the agent; absent when not known
	AttrEnded   = own + "ended"
	AttrSolved  = own + "solved" // "true", "false" or "unknown"
	AttrRole    = own + "role"   // main, subagent, auxiliary, unfinished: the gate compares all but auxiliary
	AttrPhase   = own + "phase"  // total, setup, agent, verify, queue, rate_limited, active
	AttrSource  = own + "source" // meter, telemetry, agent

	AttrClass        = own + "class"               // "ok", the ledger's retry class, or "unfinished"
	AttrStatus       = "http.response.status_code" // whole number; absent without an answer
	AttrRequestModel = "model"                     // that answered, else that was asked

	AttrOutcome   = own + "verdict" // pass, regression, inconclusive, incomparable, not_measured
	AttrBaseline  = own + "baseline"
	AttrCandidate = own + "candidate" // the variants' names
)

// SpanTrial is the span over a trial. The agent's spans stand below it, in its trace.
const SpanTrial = own + "trial"

// Attributes of that span, besides [AttrEnded], [AttrSolved] and [AttrSession].
const (
	AttrCost       = own + "trial.cost" // USD, what the gate compares; absent when not known
	AttrSeconds    = own + "trial.seconds"
	AttrRequests   = own + "requests"
	AttrToolCalls  = own + "tool_calls"
	AttrToolErrors = own + "tool_errors"
	AttrFlags      = own + "flags"
	AttrSeq        = own + "seq"
)

const service = "benchgate"

// The kinds of trial.seconds.
const (
	phaseTotal       = "total"
	phaseSetup       = "setup"
	phaseAgent       = "agent"
	phaseVerify      = "verify"
	phaseQueue       = "queue"
	phaseRateLimited = "rate_limited"
	phaseActive      = "active"
)

// Classes of requests that have no retry class in the ledger.
const (
	classOK         = "ok"
	classUnfinished = "unfinished"
)
