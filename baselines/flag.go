package baselines

// Flag marks something about a trial that a reader of its numbers should
// know. The list is closed; [Flags] says what each means.
type Flag string

// The flags.
const (
	TelemetryMissing  Flag = "telemetry_missing"
	TelemetryLossy    Flag = "telemetry_lossy"
	Contradicted      Flag = "telemetry_contradicted"
	TranscriptOnly    Flag = "transcript_only"
	MeterMissed       Flag = "meter_missed"
	RequestsElsewhere Flag = "requests_elsewhere"
	CostUnknown       Flag = "cost_unknown"
	UsageUnknown      Flag = "usage_unknown"
	BillDiffers       Flag = "agent_bill_differs"
	Unfinished        Flag = "unfinished_requests"
	FallbackModel     Flag = "fallback_model"
	OtherModel        Flag = "other_model_answered"
	OtherModelAsked   Flag = "other_model_asked"
	NoToolCall        Flag = "no_tool_call"
	EntrypointFailed  Flag = "entrypoint_failed"
	OutOfMemory       Flag = "out_of_memory"
	Killed            Flag = "killed"
	TestsTimeout      Flag = "tests_timeout"
	NoReward          Flag = "no_reward"
	TestsNotRun       Flag = "tests_not_run"
	KeptProcesses     Flag = "kept_processes"
	Tampered          Flag = "tampered"
	FreshDisagrees    Flag = "fresh_disagrees"
	FreshUnknown      Flag = "fresh_unknown"
	AnswersFetched    Flag = "answers_fetched"
	HostsLost         Flag = "hosts_lost"
	NoIsolation       Flag = "no_isolation"
	Replayed          Flag = "replayed"
)

// Flags gives each flag's meaning, one sentence each.
var Flags = map[Flag]string{
	TelemetryMissing:  "the agent sent no telemetry; tool calls, errors, active time and lines are unknown",
	TelemetryLossy:    "the agent's telemetry covers less than the meter saw; its counts are lower bounds",
	Contradicted:      "the agent's telemetry tells of more lines of code than the working directory has and the model can have written",
	TranscriptOnly:    "tool calls were read from the agent's transcript, not from telemetry",
	MeterMissed:       "the agent reports model requests that did not pass through the meter",
	RequestsElsewhere: "the agent's transcript, or its telemetry where no request came, has more answers of a model than requests through the meter brought: its settings led requests elsewhere",
	CostUnknown:       "the dollars of a model request are not known: its model has no price, or its usage could not be read (usage_unknown)",
	UsageUnknown:      "the usage of a model request has a field, tier, place or tool that the meter does not know or the price table does not price; unpriced says which",
	BillDiffers:       "the dollars that the agent printed are not what its own tokens cost at our prices, and it did not say that it priced a model as another",
	Unfinished:        "a model request was cut before its usage arrived; what did not arrive is estimated (unfinished)",
	FallbackModel:     "the agent went on with another model than the variant's",
	OtherModel:        "the API answered with another model than was asked for, and not only the agent's housekeeping",
	OtherModelAsked:   "a model was asked for that is neither the variant's nor a small one of its agent's",
	NoToolCall:        "the agent asked its model, called no tool and ended without naming a reason",
	EntrypointFailed:  "the image's ENTRYPOINT was not run, as in the process sandbox, or ended before the agent started; entrypoint.log has what it printed",
	OutOfMemory:       "a process of the trial was killed for memory: the agent's outcome, not infrastructure",
	Killed:            "the agent was stopped before its own end; in-flight telemetry is lost",
	TestsTimeout:      "the task's tests ran out of time and gave no answer",
	NoReward:          "the task's tests ended without a readable answer",
	TestsNotRun:       "the task's tests did not run: there was nowhere left to run them",
	KeptProcesses:     "the task's deliverable is a running service: only the agent's own processes were stopped before the tests",
	Tampered:          "the agent changed what the tests run through: programs, libraries or startup files that the image had; or, from a process that was kept, the tests or their answer",
	FreshDisagrees:    "the tests said solved where the agent worked, and did not in a fresh container with its working directory",
	FreshUnknown:      "the tests could not be run again in a fresh container, which would have told whether what the agent changed mattered",
	AnswersFetched:    "the agent went to where the task's answer is: its benchmark's own repository or data set, or what its git history has beyond the task",
	HostsLost:         "packets of the sandbox came too fast to be looked at: that it asked for no host with the task's answer is not known",
	NoIsolation:       "the trial ran in the process sandbox, without isolation",
	Replayed:          "the trial was replayed from a recording; its agent seconds are the recording's",
}

// Canaries are the flags of what a sound trial has and these lack: each says that
// something did not happen without which a result means little. They take no
// attempt out of any number; verdicts count them.
var Canaries = []Flag{TelemetryMissing, Contradicted, OtherModelAsked, RequestsElsewhere, NoToolCall, HostsLost, TestsNotRun, NoReward, TestsTimeout}
