package action_test

// delivery is one event for a workflow, in a repository that has seen those before.
type delivery struct {
	what     string
	workflow string // empty: the story's own
	event    func(*gated) occasion
	want     string // as [gated.tell] says it
}

// story is what happens in one repository.
type story struct {
	attempts   int // of [gatedConfig]: 2 give a regression, 1 nothing that is conclusive
	deliveries []delivery
}

// What comes of an event that GitHub starts no run for, and of one that a job's
// condition leaves out.
const (
	noRun   = "\nno run\n"
	leftOut = "\njob gate: skipped\n"
)

// regression is what comes of a pull request of the branch topic that is measured.
const regression = `
job gate: failure
4 trials
asked api.example.com with ANTHROPIC_API_KEY
error benchgate: regression: Regression: claude-opus-4-8 solves 0% instead of 10…
check "benchgate / answers" on topic: failure: 100% → 0% solved
comment on 7: ### ❌ Regression: claude-opus-4-8 solves 0% instead of 100%; what …
uploaded benchgate-HEX-7: baseline.jsonl candidate.jsonl judged.json ledger.json…
`

// inconclusive is what comes of one that is measured too little.
const inconclusive = `
job gate: success
2 trials
asked api.example.com with ANTHROPIC_API_KEY
notice benchgate: inconclusive: Inconclusive: the baseline is not known to have …
check "benchgate / answers" on topic: neutral: inconclusive: the baseline is not…
comment on 7: ### ⚠️ Inconclusive: the baseline is not known to have so much to …
uploaded benchgate-HEX-7: baseline.jsonl candidate.jsonl judged.json ledger.json…
`

// stories are of the workflows that people copy, by their files.
var stories = map[string]story{
	"pull-request.yml": {2, []delivery{
		{what: "a draft", event: pullRequest(aDraft, "opened", ""), want: leftOut},
		{what: "a label", event: pullRequest(ofABranch, "labeled", "benchgate:accept"), want: noRun},
		{what: "a fork without a key", event: pullRequest(ofAFork, "opened", ""), want: `
job gate: success
notice benchgate: not measured: Not measured here: pull requests of forks and of…
`},
		{what: "Dependabot's, without a key", event: byDependabot, want: `
job gate: success
notice benchgate: not measured: Not measured here: pull requests of forks and of…
`},
		{what: "opened", event: pullRequest(ofABranch, "opened", ""), want: regression},
	}},
	"on-label.yml": {1, []delivery{
		{what: "opened", event: pullRequest(ofABranch, "opened", ""), want: noRun},
		{what: "another label", event: pullRequest(ofABranch, "labeled", "bug"), want: leftOut},
		{what: "its label", event: pullRequest(ofABranch, "labeled", "benchgate"), want: inconclusive},
	}},
	"accept.yml": {2, []delivery{
		{what: "a draft", event: pullRequest(aDraft, "opened", ""), want: leftOut},
		{what: "another label", event: pullRequest(ofABranch, "labeled", "bug"), want: leftOut},
		{what: "opened", event: pullRequest(ofABranch, "opened", ""), want: regression},
		{what: "the label of a maintainer", event: accepted, want: `
job gate: success
notice benchgate: regression, accepted: Regression: claude-opus-4-8 solves 0% in…
check "benchgate / answers" on topic: success: accepted until DAY: 100% → 0% sol…
comment on 7: ### ❌→☑️ Regression accepted by ` + "`hubot`" + ` until DAY: claude-opus-4-8…
`},
	}},
	"merge-queue.yml": {1, []delivery{
		{what: "a draft", event: pullRequest(aDraft, "opened", ""), want: leftOut},
		{what: "opened", event: pullRequest(ofABranch, "opened", ""), want: inconclusive},
		{what: "in the queue", event: queued, want: `
job gate: success
notice benchgate: inconclusive: Inconclusive: the baseline is not known to have …
check "benchgate / answers" on gh-readonly-queue/main/pr-7-MAIN: neutral: inconc…
uploaded benchgate-HEX-7: baseline.jsonl candidate.jsonl judged.json ledger.json…
`},
	}},
	"baseline.yml": {2, []delivery{
		{what: "on another branch", event: dispatched("topic", nil), want: "\njob baseline: skipped\n"},
		{what: "by hand", event: dispatched("main", nil), want: `
job baseline: success
2 trials
asked api.example.com with ANTHROPIC_API_KEY
notice benchgate: first measurement: First measurement of claude-opus-4-7 (basel…
baselines: 5 more files
uploaded benchgate-HEX-HEX: baseline.jsonl judged.json ledger.jsonl plan.json re…
`},
		{what: "on Monday", event: scheduled, want: `
job baseline: success
2 trials
asked api.example.com with ANTHROPIC_API_KEY
notice benchgate: first measurement: New measurement of claude-opus-4-7 (baselin…
baselines: 4 more files
uploaded benchgate-HEX-HEX: baseline.jsonl judged.json ledger.jsonl plan.json re…
`},
		{what: "a pull request, whose candidate alone is measured", workflow: "pull-request.yml", event: pullRequest(ofABranch, "opened", ""), want: `
job gate: failure
2 trials
asked api.example.com with ANTHROPIC_API_KEY
error benchgate: regression: Regression: claude-opus-4-8 solves 0% instead of 10…
check "benchgate / answers" on topic: failure: 100% → 0% solved
comment on 7: ### ❌ Regression: claude-opus-4-8 solves 0% instead of 100%; what …
uploaded benchgate-HEX-7: candidate.jsonl judged.json ledger.jsonl plan.json rep…
`},
	}},
	"nightly.yml": {1, []delivery{
		{what: "on another branch", event: dispatched("topic", nil), want: "\njob nightly: skipped\n"},
		{what: "the first night", event: scheduled, want: `
job nightly: success
1 trials
asked api.example.com with ANTHROPIC_API_KEY
notice benchgate: nights: Too few nights of claude-opus-4-7 (baseline): 1 of 11 …
notice benchgate: first measurement: First measurement of claude-opus-4-7 (basel…
baselines: 5 more files
uploaded benchgate-HEX-HEX: baseline.jsonl judged.json ledger.jsonl plan.json re…
`},
		{what: "a night after ten that went well and four that did not, by a program", event: afterNights(40, "ssssssssssffff"), want: `
job nightly: success
1 trials
asked api.example.com with ANTHROPIC_API_KEY
warning benchgate: nights: Drift: claude-opus-4-7 (baseline) solves 33% instead …
notice benchgate: first measurement: New measurement of claude-opus-4-7 (baselin…
issue 100, open: benchgate / answers: drift: claude-opus-4-7 (baseline) solves 3…
baselines: 32 more files
uploaded benchgate-HEX-HEX: baseline.jsonl judged.json ledger.jsonl plan.json re…
`},
		{what: "a night after many that went well again", event: afterNights(26, "ssssssssssssssssssssssss"), want: `
job nightly: success
1 trials
asked api.example.com with ANTHROPIC_API_KEY
notice benchgate: nights: No drift: claude-opus-4-7 (baseline) is as it was (100…
notice benchgate: first measurement: New measurement of claude-opus-4-7 (baselin…
comment on 100: No drift: claude-opus-4-7 (baseline) is as it was (100% solved)
issue 100, closed: benchgate / answers: drift: claude-opus-4-7 (baseline) solves…
baselines: 52 more files
uploaded benchgate-HEX-HEX: baseline.jsonl judged.json ledger.jsonl plan.json re…
`},
	}},
	"dispatch.yml": {1, []delivery{
		{what: "a fork", event: dispatched("main", map[string]string{"pull-request": "8"}), want: `
job gate: success
2 trials
asked api.example.com with ANTHROPIC_API_KEY
notice benchgate: inconclusive: Inconclusive: the baseline is not known to have …
check "benchgate / answers" on theirs: neutral: inconclusive: the baseline is no…
comment on 8: ### ⚠️ Inconclusive: the baseline is not known to have so much to …
uploaded benchgate-HEX-8: baseline.jsonl candidate.jsonl judged.json ledger.json…
`},
	}},
	"fork-report.yml": {2, []delivery{
		{what: "a fork with a key of its own", workflow: "pull-request.yml", event: withOwnKey, want: `
job gate: success
4 trials
asked api.example.com with ANTHROPIC_API_KEY
notice benchgate: regression: Regression: claude-opus-4-8 solves 0% instead of 1…
uploaded benchgate-HEX-8: baseline.jsonl candidate.jsonl judged.json ledger.json…
`},
		{what: "the end of that run", event: completed("pull-request.yml", ofAFork), want: `
job report: success
check "benchgate / answers (unverified)" on theirs: neutral: unverified: regress…
comment on 8: ⚠️ Reported by the fork's run, unverified: this repository has not…
`},
		{what: "the end of another workflow", event: completed("fork-report.yml", ofAFork), want: noRun},
		{what: "the end of a run that is of no fork", event: completed("pull-request.yml", ofABranch), want: "\njob report: skipped\n"},
	}},
	"enterprise.yml": {1, []delivery{
		{what: "a draft", event: pullRequest(aDraft, "opened", ""), want: leftOut},
		{what: "opened", event: pullRequest(ofABranch, "opened", ""), want: `
job gate: success
2 trials
asked models.example.com with GATEWAY_TOKEN
notice benchgate: inconclusive: Inconclusive: the baseline is not known to have …
check "benchgate / answers" on topic: neutral: inconclusive: the baseline is not…
comment on 7: ### ⚠️ Inconclusive: the baseline is not known to have so much to …
`},
	}},
	"self-hosted.yml": {1, []delivery{
		{what: "a draft", event: pullRequest(aDraft, "opened", ""), want: leftOut},
		{what: "a fork", event: pullRequest(ofAFork, "opened", ""), want: leftOut},
		{what: "opened", event: pullRequest(ofABranch, "opened", ""), want: inconclusive},
	}},
}
