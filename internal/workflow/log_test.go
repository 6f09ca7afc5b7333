package workflow_test

import (
	"bytes"
	"errors"
	"io"
	"maps"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/benchgate/benchgate/internal/workflow"
)

// in is an environment of these variables.
func in(variables map[string]string) workflow.Lookup {
	return func(name string) (string, bool) {
		value, found := variables[name]
		return value, found
	}
}

func inActions(more map[string]string) workflow.Lookup {
	all := map[string]string{"GITHUB_ACTIONS": "true"}
	maps.Copy(all, more)
	return in(all)
}

func TestTheRunnerObeysOnlyUs(t *testing.T) {
	var out bytes.Buffer
	log := workflow.NewLog(inActions(nil), &out)
	write(t, log, "Step 1/3 : RUN make\n::error::owned\n::add-mask::e\n##[set-env name=PATH]/evil\nno line break ::")
	must(t, log.Annotate(workflow.Annotation{Level: workflow.Notice, Title: "benchgate: pass", Message: "50% cheaper:\nall ✓"}))
	write(t, log, "::endgroup::\n")
	must(t, log.Annotate(workflow.Annotation{Level: workflow.Warning, Message: "trial, 1 of 3: a"}), log.Mask("secret"))
	write(t, log, "the end")
	must(t, log.Close())

	r := new(runner)
	r.reads(out.String())
	want := []command{
		{"notice", map[string]string{"title": "benchgate: pass"}, "50% cheaper:\nall ✓"},
		{"warning", map[string]string{}, "trial, 1 of 3: a"},
		{"add-mask", map[string]string{}, "secret"},
	}
	if diff := cmp.Diff(want, r.commands, cmp.AllowUnexported(command{})); diff != "" || r.err != nil || r.stopped != "" {
		t.Errorf("the runner obeyed other commands than ours (-want +got), %v, waits for %q:\n%s", r.err, r.stopped, diff)
	}
	shown := strings.Join(r.shown, "\n")
	wantShown := "Step 1/3 : RUN make\n: :error::owned\n: :add-mask::e\n## [set-env name=PATH]/evil\nno line break ::\n: :endgroup::\nthe end"
	if diff := cmp.Diff(wantShown, shown); diff != "" {
		t.Errorf("the log shows (-want +got):\n%s", diff)
	}
	if len(r.stops) != 3 || r.stops[0] == r.stops[1] || len(r.stops[0]) != 32 {
		t.Errorf("stop tokens are %q, want three different ones of chance", r.stops)
	}
}

// Between stop and resume even text that nobody made plain would do nothing.
func TestForeignTextStandsWhereTheRunnerObeysNothing(t *testing.T) {
	var out bytes.Buffer
	log := workflow.NewLog(inActions(nil), &out)
	write(t, log, "foreign\n")
	must(t, log.Close())
	first, rest, _ := strings.Cut(out.String(), "\n")
	token, is := strings.CutPrefix(first, "::stop-commands::")
	if !is || rest != "foreign\n::"+token+"::\n" {
		t.Errorf("got %q", out.String())
	}
}

func TestOutsideActionsOnlyTextIsWritten(t *testing.T) {
	var out bytes.Buffer
	log := workflow.NewLog(in(nil), &out)
	write(t, log, "text\n")
	must(t, log.Mask("secret"), log.SetOutput("verdict", "pass"),
		log.SaveState("a", "b"), log.Summarize("# S"), log.Annotate(many(20)...), log.Close())
	if out.String() != "text\n" {
		t.Errorf("wrote %q", out.String())
	}
}

func TestEachLineOfASecretIsMasked(t *testing.T) {
	var out bytes.Buffer
	log := workflow.NewLog(inActions(nil), &out)
	must(t, log.Mask(" sk-1%0A2 \n"), log.Mask(""), log.Mask("{\r\n  \"key\": \"x\"\r\n}\n"))
	r := new(runner)
	r.reads(out.String())
	want := []command{{"add-mask", map[string]string{}, "sk-1%0A2"}, {"add-mask", map[string]string{}, `"key": "x"`}}
	if diff := cmp.Diff(want, r.commands, cmp.AllowUnexported(command{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func many(n int) []workflow.Annotation {
	var all []workflow.Annotation
	for range n {
		all = append(all, workflow.Annotation{Level: workflow.Warning, File: "a,b:c.yaml", Line: 3, Message: "m"})
	}
	return all
}

func TestAnnotationsStayUnderTheLimits(t *testing.T) {
	var out bytes.Buffer
	log := workflow.NewLog(inActions(nil), &out)
	must(t, log.Annotate(many(4)...), log.Annotate(many(13)...), log.Annotate(many(2)...))
	must(t, log.Annotate(workflow.Annotation{Level: workflow.Error, Message: strings.Repeat("🧱", 4000)}), log.Close())
	r := new(runner)
	r.reads(out.String())
	count := map[string]int{}
	for _, c := range r.commands {
		count[c.name]++
	}
	if count["warning"] != 10 || count["error"] != 1 {
		t.Errorf("%v annotations, want 10 warnings and 1 error", count)
	}
	if c := r.commands[0]; c.properties["file"] != "a,b:c.yaml" || c.properties["line"] != "3" {
		t.Errorf("the first is %+v", c)
	}
	if last := r.commands[9].data; last != "and 8 more, which GitHub would not show" {
		t.Errorf("the last warning is %q", last)
	}
	if cut := r.commands[10].data; cut != strings.Repeat("🧱", 2047)+"…" {
		t.Errorf("a long message has %d characters", len([]rune(cut)))
	}
	if shown := strings.Join(r.shown, "\n"); shown != "warning: and 2 more, which GitHub would not show" {
		t.Errorf("without room the log shows %q", shown)
	}
}

func TestAMessageThatFitsIsWhole(t *testing.T) {
	var out bytes.Buffer
	log := workflow.NewLog(inActions(nil), &out)
	must(t, log.Annotate(workflow.Annotation{Level: workflow.Notice, Message: strings.Repeat("x", 4096)}))
	must(t, log.Annotate(workflow.Annotation{Level: workflow.Notice, Message: strings.Repeat("x", 4097)}))
	r := new(runner)
	r.reads(out.String())
	if r.commands[0].data != strings.Repeat("x", 4096) || r.commands[1].data != strings.Repeat("x", 4095)+"…" {
		t.Errorf("%d and %d characters", len(r.commands[0].data), len(r.commands[1].data))
	}
}

func TestAClosedLogIsAnErrorAndNoPanic(t *testing.T) {
	log := workflow.NewLog(inActions(nil), closed{})
	if err := log.Mask("secret"); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("Mask: %v", err)
	}
	if _, err := log.Write([]byte("x\n")); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("Write: %v", err)
	}
}

type closed struct{}

func (closed) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestManyGoroutinesWriteWholeCommands(t *testing.T) {
	var out bytes.Buffer
	log := workflow.NewLog(inActions(nil), &out)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 50 {
				_, _ = log.Write([]byte("foreign ::error::x"))
				_ = log.Mask("secret")
			}
		})
	}
	group.Wait()
	must(t, log.Close())
	r := new(runner)
	r.reads(out.String())
	if len(r.commands) != 400 || r.err != nil {
		t.Errorf("%d commands, want 400; %v", len(r.commands), r.err)
	}
}

func write(t *testing.T, log *workflow.Log, text string) {
	t.Helper()
	if n, err := log.Write([]byte(text)); n != len(text) || err != nil {
		t.Fatalf("Write = %d, %v", n, err)
	}
}

func must(t *testing.T, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

// Whatever others write and whatever our texts hold: the runner obeys our
// commands with our text, and nothing else.
func FuzzLog(f *testing.F) {
	f.Add("::error::x\n", "title", "message", "file.go")
	f.Add("##[group]a\r\n::stop-commands::b", "a,b=c::d", "100%0A\r\n::error::x", "a:b,c")
	f.Add("\xff\u2028::x", "", "%25", "\n")
	f.Fuzz(func(t *testing.T, foreign, title, message, file string) {
		var out bytes.Buffer
		log := workflow.NewLog(inActions(nil), &out)
		write(t, log, foreign)
		must(t, log.Annotate(workflow.Annotation{Level: workflow.Warning, File: file, Line: 1, Title: title, Message: message}))
		write(t, log, foreign)
		must(t, log.Annotate(workflow.Annotation{Level: workflow.Notice, Title: title}), log.Close())
		r := new(runner)
		r.reads(out.String())
		if len(r.commands) != 2 || r.commands[0].name != "warning" || r.commands[1].name != "notice" || r.err != nil || r.stopped != "" {
			t.Fatalf("the runner obeyed %+v, %v", r.commands, r.err)
		}
		for name := range r.commands[0].properties {
			if name != "file" && name != "line" && name != "title" {
				t.Fatalf("a property of others: %q", name)
			}
		}
	})
}
