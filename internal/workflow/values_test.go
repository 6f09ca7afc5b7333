package workflow_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/benchgate/benchgate/internal/workflow"
)

func TestWithoutInputsTheDefaultsStand(t *testing.T) {
	want := workflow.Values{
		Config: "benchgate.yaml", WorkingDirectory: ".", Comment: "always", Check: true, Upload: "verdict",
		OnMissingKey: "auto", Unchanged: "measure", AcceptLabel: "benchgate:accept",
	}
	// The runner sets every input that the workflow leaves out, empty or to the
	// default of action.yml.
	for _, environ := range [][]string{nil, {"INPUT_CONFIG=", "INPUT_CANDIDATE-MODEL=", "INPUT_CHECK= ", "INPUT_UPLOAD=verdict", "PATH=/bin"}} {
		got, err := workflow.ReadInputs(environ, workflow.Job{})
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%q: %v (-want +got):\n%s", environ, err, diff)
		}
	}
}

func TestInputsAreReadAsTheRunnerNamesThem(t *testing.T) {
	got, err := workflow.ReadInputs([]string{
		"INPUT_CONFIG=/github/workspace/bench/ci/gate.yaml", "INPUT_WORKING-DIRECTORY=/github/workspace/bench", "INPUT_CANDIDATE-MODEL= claude-opus-4-8\n", "INPUT_BASELINE-MODEL=claude-opus-4-7",
		"INPUT_ATTEMPTS=5", "INPUT_USD=12.50", "INPUT_USD-PER-TRIAL=.5", "INPUT_TOKENS-PER-TRIAL=5000000", "INPUT_REQUESTS=100", "INPUT_MINUTES=110", "INPUT_WORKERS=2", "INPUT_MODE=strict", "INPUT_FROM=live", "INPUT_AGAIN=TRUE",
		"INPUT_COMMENT=changes", "INPUT_COMMENT-KEY=linux", "INPUT_CHECK=False", "INPUT_PULL-REQUEST=7", "INPUT_UPLOAD=full", "INPUT_ON-MISSING-KEY=fail",
		"INPUT_ACCEPT-LABEL=ok", "INPUT_GITHUB-TOKEN=ghs_1", "INPUT_BASELINE-TOKEN=ghp_2",
	}, workflow.Job{Workspace: "/github/workspace", Event: "workflow_dispatch"})
	want := workflow.Values{
		Config: "ci/gate.yaml", WorkingDirectory: "bench", CandidateModel: "claude-opus-4-8", BaselineModel: "claude-opus-4-7",
		Attempts: "5", USD: "12.50", USDPerTrial: ".5", TokensPerTrial: "5000000", Requests: "100", Minutes: "110", Workers: "2", Mode: "strict", From: "live", Again: true,
		Comment: "changes", CommentKey: "linux", PullRequest: 7, Upload: "full", OnMissingKey: "fail", Unchanged: "measure", AcceptLabel: "ok",
		GitHubToken: "ghs_1", BaselineToken: "ghp_2",
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

func TestEverythingWrongIsToldAtOnce(t *testing.T) {
	pull := workflow.Job{Event: "pull_request", Payload: workflow.Payload{PullRequest: &workflow.PullRequest{Number: 7}}}
	for _, test := range []struct {
		name    string
		environ []string
		job     workflow.Job
		want    []string
	}{
		{"values", []string{
			"INPUT_WORKING-DIRECTORY=../other", "INPUT_ATTEMPTS=0", "INPUT_USD=$5", "INPUT_WORKERS=-1", "INPUT_MODE=strikt", "INPUT_AGAIN=yes",
			"INPUT_UPLOAD=all", "INPUT_COMMENT-KEY=a\nb", "INPUT_PULL-REQUEST=#7", "INPUT_USD-PER-TRIAL=0", "INPUT_TOKENS-PER-TRIAL=2.5",
		}, workflow.Job{}, []string{
			`input working-directory is "../other", want a directory inside the workspace, from there on`,
			`input attempts is "0", want a whole number from 1 on`,
			`input usd is "$5", want dollars, more than 0, as 2.50`,
			`input usd-per-trial is "0", want dollars, more than 0, as 2.50`,
			`input tokens-per-trial is "2.5", want a whole number from 1 on`,
			`input workers is "-1", want a whole number from 1 on`,
			`input mode is "strikt", want auto, informed, strict or fixed; did you mean "strict"?`,
			`input again is "yes", want true or false`,
			`input comment-key is "a\nb", want text without line breaks or other control characters`,
			`input upload is "all", want none, verdict or full`,
			`input pull-request is "#7", want a whole number from 1 on`,
		}},
		{"unknown", []string{"INPUT_CANDIDATE_MODEL=x", "INPUT_ARGS=--again", "INPUT_ENTRYPOINT=/bin/sh", "INPUT_MODEL=", "INPUT_X\x1b[2J=1"}, workflow.Job{}, []string{
			`there is no input "args"`,
			`there is no input "candidate_model"; did you mean "candidate-model"?`,
			`there is no input "entrypoint"`,
			`there is no input "model"; did you mean "mode"?`,
			`there is no input "x\x1b[2j"`,
		}},
		{"an arm alone", []string{"INPUT_ARM=baseline", "INPUT_FROM=live", "INPUT_MODE=auto"}, workflow.Job{}, []string{
			"input from is about a comparison, and arm: baseline compares nothing: leave one of them out",
			"input mode is about a comparison, and arm: baseline compares nothing: leave one of them out",
		}},
		{"a configuration outside", []string{"INPUT_WORKING-DIRECTORY=bench", "INPUT_CONFIG=../../benchgate.yaml"}, workflow.Job{}, []string{
			`input config is "../../benchgate.yaml", want a file inside the workspace, from working-directory on`,
		}},
		{"another pull request", []string{"INPUT_PULL-REQUEST=8", "INPUT_SAVE-BASELINE=true"}, pull, []string{
			"input pull-request is 8, and the event (pull_request) is of pull request 7: leave it out, it is for workflow_dispatch",
			"input save-baseline is true, and a pull request is measured: what one measures never becomes a baseline by itself; save baselines on the default branch",
		}},
		{"a baseline of a dispatch's pull request", []string{"INPUT_PULL-REQUEST=8", "INPUT_SAVE-BASELINE=true"}, workflow.Job{Event: "workflow_dispatch"}, []string{
			"input save-baseline is true, and a pull request is measured: what one measures never becomes a baseline by itself; save baselines on the default branch",
		}},
		{"an alarm of a pull request", []string{"INPUT_ON-ALARM=issue"}, pull, []string{
			"input on-alarm is issue, and a pull request is measured, which has a comment and a check: leave it out, it is for schedules and dispatches",
		}},
		{"drift's beginning", []string{"INPUT_ON-ALARM=email", "INPUT_DRIFT-SINCE=yesterday"}, workflow.Job{Event: "schedule"}, []string{
			`input on-alarm is "email", want issue or fail`,
			`input drift-since is "yesterday", want a date as 2026-11-23`,
		}},
		{"drift that is not looked for", []string{"INPUT_DRIFT-SINCE=2026-11-23"}, workflow.Job{Event: "schedule"}, []string{
			"input drift-since is about drift, which is looked for with on-alarm only: give both, or leave it out",
		}},
		{"an alarm at night", []string{"INPUT_ON-ALARM=issue", "INPUT_DRIFT-SINCE=2026-11-23"}, workflow.Job{Event: "schedule"}, nil},
		{"the same pull request", []string{"INPUT_PULL-REQUEST=7"}, pull, nil},
		{"a baseline of the default branch", []string{"INPUT_SAVE-BASELINE=true", "INPUT_ARM=candidate"}, workflow.Job{Event: "push"}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := workflow.ReadInputs(test.environ, test.job)
			got := ""
			if err != nil {
				got = err.Error()
			}
			if diff := cmp.Diff(strings.Join(test.want, "\n"), got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestTheTablesAreWellFormed(t *testing.T) {
	name := regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`)
	seen := make(map[string]bool)
	check := func(kind, n, description string) {
		if !name.MatchString(n) || seen[kind+n] || !strings.HasSuffix(description, ".") {
			t.Errorf("%s %q: %q", kind, n, description)
		}
		seen[kind+n] = true
	}
	for _, in := range workflow.Inputs() {
		check("input", in.Name, in.Description)
		for _, c := range in.Choices {
			if !seen["input"+in.Name] || len(in.Choices) > 2 && !strings.Contains(in.Description, c) {
				t.Errorf("input %s does not describe %s", in.Name, c)
			}
		}
	}
	for _, out := range workflow.Outputs() {
		check("output", out.Name, out.Description)
	}
}
