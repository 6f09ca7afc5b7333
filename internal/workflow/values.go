package workflow

import (
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/benchgate/benchgate/internal/plain"
	"github.com/benchgate/benchgate/internal/problem"
)

// Values are the inputs of this step. Text is empty where neither the workflow
// nor action.yml gives a value.
type Values struct {
	Config, WorkingDirectory string // Config from WorkingDirectory on, that from the workspace on; none leads out of it

	// The flags of run with the same names, as they were typed; CandidateModel
	// is its --model.
	CandidateModel, BaselineModel string
	Attempts, USD, USDPerTrial    string
	TokensPerTrial                string
	Requests, Minutes, Workers    string
	Mode, From, Arm               string
	Again                         bool
	Comment                       string // always, changes, regression, never
	CommentKey                    string
	Check                         bool
	PullRequest                   int    // 0: that of the event, or none
	Upload                        string // none, verdict, full
	OnMissingKey                  string // auto, fail, skip
	Unchanged                     string // measure, skip
	AcceptLabel                   string
	SaveBaseline                  bool
	OnAlarm                       string // issue, fail; empty: a regression fails the step, and drift is not looked for
	DriftSince                    time.Time
	GitHubToken, BaselineToken    string // secrets
}

// ReadInputs takes the inputs from the environment, which is as os.Environ has
// it, and judges them together with the job. Empty means not given: workflows
// pass on variables that may be unset. The error joins one for each input that
// the table does not have, that has an impossible value, or that contradicts
// another or the event.
func ReadInputs(environ []string, job Job) (Values, error) {
	r := reader{given: make(map[string]string), workspace: job.Workspace}
	r.take(environ)
	v := Values{
		WorkingDirectory: r.inside("working-directory"),
		CandidateModel:   r.text("candidate-model"), BaselineModel: r.text("baseline-model"),
		Attempts: r.count("attempts"), USD: r.dollars("usd"), USDPerTrial: r.dollars("usd-per-trial"), TokensPerTrial: r.count("tokens-per-trial"),
		Requests: r.count("requests"), Minutes: r.count("minutes"), Workers: r.count("workers"),
		Mode: r.choice("mode"), From: r.choice("from"), Arm: r.choice("arm"), Again: r.boolean("again"),
		Comment: r.choice("comment"), CommentKey: r.text("comment-key"), Check: r.boolean("check"),
		Upload: r.choice("upload"), OnMissingKey: r.choice("on-missing-key"), Unchanged: r.choice("unchanged"), AcceptLabel: r.text("accept-label"),
		SaveBaseline: r.boolean("save-baseline"), OnAlarm: r.choice("on-alarm"), DriftSince: r.date("drift-since"), GitHubToken: r.given["github-token"], BaselineToken: r.given["baseline-token"],
	}
	v.Config = r.from(v.WorkingDirectory, "config")
	v.PullRequest, _ = strconv.Atoi(r.count("pull-request"))
	r.contradictions(v, job)
	return v, errors.Join(r.wrong...)
}

// reader collects what is wrong with the inputs while it reads them.
type reader struct {
	given     map[string]string
	workspace string
	wrong     []error
}

// longestShown is how many characters of a wrong name an error repeats.
const longestShown = 64

func (r *reader) refuse(input, format string, args ...any) {
	r.wrong = append(r.wrong, fmt.Errorf("input "+input+" "+format, args...))
}

// take finds the inputs among the variables.
func (r *reader) take(environ []string) {
	known := make(map[string]string)
	for _, name := range inputNames() {
		known[Variable(name)] = name
	}
	var unknown []string
	for _, pair := range environ {
		variable, value, _ := strings.Cut(pair, "=")
		if !strings.HasPrefix(variable, inputPrefix) {
			continue
		}
		if name, is := known[variable]; is {
			r.given[name] = strings.TrimSpace(value)
		} else {
			unknown = append(unknown, strings.ToLower(strings.TrimPrefix(variable, inputPrefix)))
		}
	}
	slices.Sort(unknown)
	for _, name := range unknown {
		r.wrong = append(r.wrong, fmt.Errorf("there is no input %q%s", plain.Clip(name, longestShown), problem.DidYouMean(name, inputNames())))
	}
}

// text is the input's value, or its default.
func (r *reader) text(input string) string {
	value := r.given[input]
	if value == "" {
		value = described(input).Default
	}
	if strings.ContainsFunc(value, func(c rune) bool { return c < ' ' || c == 0x7f }) {
		r.refuse(input, "is %q, want text without line breaks or other control characters", value)
	}
	return value
}

func described(input string) Input {
	all := Inputs()
	return all[slices.IndexFunc(all, func(in Input) bool { return in.Name == input })]
}

// inside is a path that does not leave the workspace, from there on. The path of
// the workspace itself may stand before it, as in ${{ github.workspace }}/bench:
// the runner writes the one that this container sees (Container/ContainerInfo.cs).
func (r *reader) inside(input string) string {
	dir := r.text(input)
	if below, err := filepath.Rel(r.workspace, dir); err == nil && filepath.IsAbs(dir) {
		dir = below
	}
	if !filepath.IsLocal(dir) {
		r.refuse(input, "is %q, want a directory inside the workspace, from there on", dir)
	}
	return dir
}

// from is the path of a file in the workspace, from a directory on.
func (r *reader) from(dir, input string) string {
	file := r.text(input)
	if filepath.IsAbs(file) {
		if below, err := filepath.Rel(filepath.Join(r.workspace, dir), file); err == nil {
			file = below
		}
	}
	if filepath.IsLocal(dir) && !filepath.IsLocal(filepath.Join(dir, file)) {
		r.refuse(input, "is %q, want a file inside the workspace, from working-directory on", r.text(input))
	}
	return file
}

func (r *reader) choice(input string) string {
	value, choices := r.text(input), described(input).Choices
	if value != "" && !slices.Contains(choices, value) {
		r.refuse(input, "is %q, want %s%s", value, either(choices), problem.DidYouMean(value, choices))
	}
	return value
}

// either is a list in words: "a, b or c".
func either(words []string) string {
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

// boolean reads what YAML's core schema and actions/toolkit read.
func (r *reader) boolean(input string) bool {
	switch value := r.text(input); value {
	case "true", "True", "TRUE":
		return true
	case "false", "False", "FALSE":
		return false
	default:
		r.refuse(input, "is %q, want true or false", value)
		return false
	}
}

var (
	countForm   = regexp.MustCompile(`^[1-9][0-9]{0,8}$`)
	dollarsForm = regexp.MustCompile(`^([0-9]{1,9}(\.[0-9]{1,9})?|\.[0-9]{1,9})$`)
)

// count is a whole number from 1 on, as it was typed. The configuration has
// limits of its own.
func (r *reader) count(input string) string {
	value := r.text(input)
	if value != "" && !countForm.MatchString(value) {
		r.refuse(input, "is %q, want a whole number from 1 on", value)
		return ""
	}
	return value
}

func (r *reader) dollars(input string) string {
	value := r.text(input)
	if amount, err := strconv.ParseFloat(value, 64); value != "" && (err != nil || amount <= 0 || !dollarsForm.MatchString(value)) {
		r.refuse(input, "is %q, want dollars, more than 0, as 2.50", value)
	}
	return value
}

func (r *reader) date(input string) time.Time {
	value := r.text(input)
	at, err := time.Parse(time.DateOnly, value)
	if value != "" && err != nil {
		r.refuse(input, "is %q, want a date as 2026-11-23", value)
	}
	return at
}

// contradictions are inputs of which one makes another one meaningless, or the
// event does.
func (r *reader) contradictions(v Values, job Job) {
	if v.Arm != "" {
		for _, input := range []string{"from", "mode"} {
			if r.given[input] != "" {
				r.refuse(input, "is about a comparison, and arm: %s compares nothing: leave one of them out", v.Arm)
			}
		}
	}
	own := job.PullRequestNumber()
	if v.PullRequest != 0 && own != 0 && own != v.PullRequest {
		r.refuse("pull-request", "is %d, and the event (%s) is of pull request %d: leave it out, it is for workflow_dispatch", v.PullRequest, job.Event, own)
	}
	if v.OnAlarm != "" && (own != 0 || v.PullRequest != 0 || job.WorkflowRun != nil) {
		r.refuse("on-alarm", "is %s, and a pull request is measured, which has a comment and a check: leave it out, it is for schedules and dispatches", v.OnAlarm)
	}
	if !v.DriftSince.IsZero() && v.OnAlarm == "" {
		r.refuse("drift-since", "is about drift, which is looked for with on-alarm only: give both, or leave it out")
	}
	if v.SaveBaseline && (own != 0 || v.PullRequest != 0 || job.WorkflowRun != nil) {
		r.refuse("save-baseline", "is true, and a pull request is measured: what one measures never becomes a baseline by itself; save baselines on the default branch")
	}
}
