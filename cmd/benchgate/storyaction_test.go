package main

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/benchgate/benchgate/internal/action/runnertest"
	"github.com/benchgate/benchgate/internal/pullrequest/githubtest"
)

// steps count the steps of the stories' jobs, by their directories.
var steps sync.Map

// beginJob puts what GitHub's runner says of a job into the environment: the
// event, and who and where. What the last job said is gone. The workspace is the
// story's directory, at the commit.
func beginJob(ts *testscript.TestScript, neg bool, args []string) {
	plainly(ts, neg, args, 3, "job EVENT PAYLOAD COMMIT [RUN.ATTEMPT]")
	ts.Check(os.MkdirAll(ts.MkAbs(".git"), 0o755))
	ts.Check(os.WriteFile(ts.MkAbs(".git/HEAD"), []byte(args[2]+"\n"), 0o644))
	run, attempt := "1", "1"
	if len(args) > 3 {
		run, attempt, _ = strings.Cut(args[3], ".")
	}
	for name, value := range map[string]string{
		"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": args[0], "GITHUB_EVENT_PATH": ts.MkAbs(args[1]), "GITHUB_WORKSPACE": ts.MkAbs("."),
		"GITHUB_RUN_ID": run, "GITHUB_RUN_ATTEMPT": attempt, "GITHUB_SERVER_URL": "https://github.com", "GITHUB_JOB": "gate",
		"GITHUB_REPOSITORY": githubtest.Repository, "GITHUB_WORKFLOW_REF": githubtest.Repository + "/.github/workflows/gate.yml@refs/heads/main",
		"GITHUB_SHA": args[2], "GITHUB_REF": "refs/heads/main", "GITHUB_ACTOR": "octocat", "RUNNER_TEMP": ts.MkAbs(".runner"),
		"INPUT_GITHUB-TOKEN": storyToken,
	} {
		ts.Setenv(name, value)
	}
}

// runStep runs one step of the job: "benchgate action" with the arguments, wants the
// exit code, and writes what the runner knows after it into files: outputs.txt,
// state.txt, summary.md, commands.txt and log.txt. State goes to the next step.
func runStep(ts *testscript.TestScript, neg bool, args []string) {
	plainly(ts, neg, args, 1, "step CODE [ARGUMENTS]")
	n := 1
	if before, ran := steps.Load(ts.MkAbs(".")); ran {
		n = before.(int) + 1
	}
	steps.Store(ts.MkAbs("."), n)
	ts.Check(os.MkdirAll(ts.MkAbs(".runner"), 0o755))
	files, err := runnertest.Files(ts.MkAbs(".runner"), n)
	ts.Check(err)
	for variable, file := range files {
		ts.Setenv(variable, file)
	}
	err = ts.Exec("benchgate", append([]string{"action"}, args[1:]...)...)
	var exit *exec.ExitError
	code := 0
	if errors.As(err, &exit) {
		code = exit.ExitCode()
	}
	if said := ts.ReadFile("stderr"); said != "" {
		ts.Fatalf("on standard error, where nothing may be: %s", said)
	}
	result, err := runnertest.Read(ts.ReadFile("stdout"), files)
	ts.Check(err)
	for name, value := range result.State {
		ts.Setenv("STATE_"+name, value)
	}
	var commands strings.Builder
	for _, c := range result.Commands {
		fmt.Fprintf(&commands, "%s %s: %s\n", c.Name, c.Properties, strings.ReplaceAll(c.Value, "\n", `\n`))
	}
	for name, text := range map[string]string{
		"outputs.txt": pairs(result.Outputs), "state.txt": pairs(result.State), "summary.md": result.Summary, "commands.txt": commands.String(), "log.txt": result.Log,
	} {
		ts.Check(os.WriteFile(filepath.Join(ts.MkAbs("."), name), []byte(text), 0o644))
	}
	if strconv.Itoa(code) != args[0] {
		ts.Fatalf("the step exits with %d, want %s", code, args[0])
	}
}

func pairs(of map[string]string) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(of)) {
		fmt.Fprintf(&b, "%s=%s\n", name, of[name])
	}
	return b.String()
}

// commit puts files on a branch of the story's GitHub, and the commit's id into a
// variable: NAME=FILE is the story's file under another name.
func commit(ts *testscript.TestScript, neg bool, args []string) {
	plainly(ts, neg, args, 3, "commit VARIABLE BRANCH [NAME=]FILE...")
	files := make(map[string]string)
	for _, arg := range args[2:] {
		name, file, renamed := strings.Cut(arg, "=")
		if !renamed {
			file = name
		}
		files[name] = ts.ReadFile(file)
	}
	g := githubOf(ts)
	g.Put(args[1], "100644", files)
	ts.Setenv(args[0], g.Head(args[1]))
}

// pull opens a pull request of a commit on the story's GitHub, or moves it there.
func pull(ts *testscript.TestScript, neg bool, args []string) {
	plainly(ts, neg, args, 3, "pull NUMBER HEAD BASE [fork[=OWNER/NAME]] [FILE...]")
	number, err := strconv.Atoi(args[0])
	ts.Check(err)
	p := githubtest.Pull{Number: number, Head: args[1], Base: args[2], Author: "octocat"}
	for _, arg := range args[3:] {
		if name, of, _ := strings.Cut(arg, "="); name == "fork" {
			p.Fork, p.From = true, of
			continue
		}
		p.Files = append(p.Files, githubtest.ChangedFile{Name: arg})
	}
	githubOf(ts).PutPull(p)
}

// upload does what actions/upload-artifact does with the outputs of the last step,
// as a run of the workflow.
func upload(ts *testscript.TestScript, neg bool, args []string) {
	plainly(ts, neg, args, 2, "upload RUN HEAD [fork] [broken] [BRANCH]")
	outputs := make(map[string]string)
	for line := range strings.Lines(ts.ReadFile("outputs.txt")) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		outputs[name] = value
	}
	run, err := strconv.ParseInt(args[0], 10, 64)
	ts.Check(err)
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	ts.Check(w.AddFS(os.DirFS(ts.MkAbs(outputs["upload-path"]))))
	ts.Check(w.Close())
	g := githubOf(ts)
	r := githubtest.WorkflowRun{ID: run, Path: ".github/workflows/gate.yml", Event: "pull_request", Head: args[1], Branch: "topic"}
	for _, arg := range args[2:] {
		switch arg {
		case "fork":
			r.Fork = true
		case "broken":
			b.Truncate(b.Len() / 2)
		default:
			r.Branch = arg
		}
	}
	g.PutRun(r)
	g.AddArtifact(githubtest.Artifact{Name: outputs["artifact-name"], Run: run, Zip: b.Bytes(), Created: time.Now()})
}

// setLabel sets a label in somebody's name, a second from now: GitHub's times have
// no fractions, and a label counts that comes after the verdict.
func setLabel(ts *testscript.TestScript, neg bool, args []string) {
	plainly(ts, neg, args, 4, "label NUMBER LABEL LOGIN ROLE")
	number, err := strconv.Atoi(args[0])
	ts.Check(err)
	g := githubOf(ts)
	g.SetAccount(args[2], githubtest.Account{Role: args[3]})
	g.AddLabel(number, args[1], args[2], time.Now().Add(time.Second))
}

// writeEvent writes the payload of an event of a pull request, as far as it is read.
func writeEvent(ts *testscript.TestScript, neg bool, args []string) {
	plainly(ts, neg, args, 5, "event FILE EVENT NUMBER HEAD BASE [fork] [ACTION] [LABEL]")
	number, err := strconv.Atoi(args[2])
	ts.Check(err)
	fork, action, label := false, "synchronize", ""
	rest := args[5:]
	if len(rest) > 0 && rest[0] == "fork" {
		fork, rest = true, rest[1:]
	}
	if len(rest) > 0 {
		action = rest[0]
	}
	if len(rest) > 1 {
		label = rest[1]
	}
	payload := githubtest.NewPayload(nil)
	switch args[1] {
	case "merge_group":
		payload = githubtest.MergeGroupPayload(number, args[3], args[4])
	case "workflow_run":
		payload = githubtest.WorkflowRunPayload(githubtest.WorkflowRun{
			ID: int64(number), Path: ".github/workflows/gate.yml", Event: "pull_request", Head: args[3], Branch: "topic", Fork: fork,
		}, "gate")
	case "pull_request", "pull_request_target":
		payload = githubtest.PullRequestPayload(githubtest.Pull{Number: number, Head: args[3], Base: args[4], Fork: fork}, action, label)
	}
	text, err := json.MarshalIndent(payload, "", "  ")
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), text, 0o644))
}
