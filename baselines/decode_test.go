package baselines_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/problem"
	"github.com/google/go-cmp/cmp"
)

const (
	header = `{"schema":"benchgate.run/v1","id":"r1","arm":"candidate","variant":{"agent":{"name":"nop"}},"suite":{"tasks":[{"id":"a"},{"id":"b"}]}}` + "\n"
	trialA = `{"seq":1,"task":"a","attempt":1,"try":1,"ended":"finished"}` + "\n"
	trialB = `{"seq":2,"task":"b","attempt":1,"try":1,"ended":"timeout","solved":true}` + "\n"
)

func TestDecodeAccepts(t *testing.T) {
	for _, tt := range []struct {
		name, file string
		want       []string // tasks
	}{
		{"two trials", header + trialA + trialB, []string{"a", "b"}},
		{"a header alone: the run has just begun", header, nil},
		{"a header without its newline", strings.TrimSpace(header), nil},
		{"a torn last line, which is dropped", header + trialA + trialB[:30], []string{"a"}},
		{"a last line torn into zeros", header + trialA + "\x00\x00\x00\x00", []string{"a"}},
		{"a last line that lacks only its newline", header + trialA + strings.TrimSpace(trialB), []string{"a", "b"}},
		{"empty lines", header + "\n" + trialA + "  \n\n" + trialB + "\n", []string{"a", "b"}},
		{"Windows line ends", strings.ReplaceAll(header+trialA, "\n", "\r\n"), []string{"a"}},
		{"keys of a later version", header + strings.Replace(trialA, "{", `{"mood":"good","seconds":{"idle":1},`, 1), []string{"a"}},
		{"the same line twice, which counts once", header + trialA + trialB + trialA, []string{"a", "b"}},
		{"a long line", header + strings.Replace(trialA, "{", `{"reason":"`+strings.Repeat("x", 1<<20)+`",`, 1), []string{"a"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			run, err := baselines.Decode(strings.NewReader(tt.file), "")
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, trial := range run.Trials {
				got = append(got, trial.Task)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("tasks (-want +got):\n%s", diff)
			}
		})
	}
}

func TestDecodeSaysWhatIsWrongAndWhere(t *testing.T) {
	with := func(old, new string) string { return strings.Replace(trialA, old, new, 1) }
	for _, tt := range []struct {
		name, file string
		want       []string // whole error, line by line
	}{
		{"nothing", "", []string{
			`line 1: the file has no header; a run file begins with a line of schema benchgate.run/v1`,
		}},
		{"a header that was being written", header[:40], []string{
			`line 1: the header is cut off; the run ended before its first trial, start it again`,
		}},
		{"another document", `{"schema":"benchgate.verdict/v1"}`, []string{
			`line 1, column 11: schema is "benchgate.verdict/v1", want "benchgate.run/v1": this is no run file, or one of a newer benchgate`,
		}},
		{"a trial first", trialA, []string{
			`line 1: schema is missing, want "benchgate.run/v1": this is no run file, or one of a newer benchgate`,
		}},
		{"no JSON at all", "task,solved\na,1\n", []string{
			`line 1, column 2: broken JSON: invalid character 'a' in literal true (expecting 'r'); a run file begins with its header, a JSON object on one line`,
		}},
		{"a price below zero", strings.Replace(header, `"suite"`, `"prices":{"rates":{"m":{"input":1,"output":-2}}},"suite"`, 1), []string{
			`line 1, column 136: prices.rates.m.output is -2, want US dollars per million tokens, 0 or more`,
		}},
		{"a header with five mistakes", `{"schema":"benchgate.run/v1","arm":"left","stopping":"soon","variant":{"agent":{"name":"nop"}},"suite":{"tasks":[]},"limits":{"attempts":2000000000}}`, []string{
			`line 1: id is missing`,
			`line 1, column 36: arm is "left", want candidate or baseline`,
			`line 1, column 54: stopping is "soon", want informed, strict, fixed or none`,
			`line 1, column 113: suite.tasks is empty`,
			`line 1, column 138: limits.attempts is 2000000000, want 0 to 10000`,
		}},
		{"a torn line that is not the last", header + trialA[:20] + "\n" + trialB, []string{
			`line 2, column 21: broken JSON: it ends too early, something was cut off`,
		}},
		{"every bad line is named", header + with(`"seq":1`, `"seq":"1"`) + trialB + with("finished", "exploded") + with(`"a"`, `"z"`) + "[]\n", []string{
			`line 2, column 8: seq is "1", want a whole number`,
			`line 4, column 49: ended: "exploded" is no end of a trial, want finished, timeout, budget, turns, refused, agent_error, infra_error or cancelled`,
			`line 5, column 17: task "z" is not in the header's suite`,
			`line 6, column 1: the document is a list, want an object`,
		}},
		{"every mistake of a line is named", header + `{"task":"a","attempt":1,"try":0,"cost_usd":{"main":-1},"flags":["rainy"]}` + "\n", []string{
			`line 2: seq is 0, want 1 or more`,
			`line 2: ended is missing, want finished, timeout, budget, turns, refused, agent_error, infra_error or cancelled`,
			`line 2, column 31: try is 0, want 1 or more`,
			`line 2, column 52: cost_usd.main is -1, want a finite amount of 0 or more`,
			`line 2, column 65: flag "rainy" is not known`,
		}},
		{"two records of one try", header + trialA + trialB + with("finished", "timeout"), []string{
			`line 4: task "a", attempt 1, try 1 is on line 2 with other values; remove one of the two lines`,
		}},
		{"a last line that is whole and wrong", header + strings.TrimSpace(with(`"seq":1`, `"seq":-1`)), []string{
			`line 2, column 8: seq is -1, want 1 or more`,
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			run, err := baselines.Decode(strings.NewReader(tt.file), "")
			if err == nil {
				t.Fatalf("decoded %d trials, want an error", len(run.Trials))
			}
			if diff := cmp.Diff(tt.want, strings.Split(err.Error(), "\n")); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
		})
	}
}

func TestDecodeCountsErrorsBeyondTwenty(t *testing.T) {
	_, err := baselines.Decode(strings.NewReader(header+strings.Repeat("nonsense\n", 1000)), "")
	if err == nil {
		t.Fatal("no error")
	}
	lines := strings.Split(err.Error(), "\n")
	if got, want := lines[len(lines)-1], "and 980 more"; len(lines) != 21 || got != want {
		t.Errorf("%d lines, the last is %q; want 21 and %q", len(lines), got, want)
	}
}

func TestReadFileNamesFileAndLine(t *testing.T) {
	path := t.TempDir() + "/run.jsonl"
	if err := os.WriteFile(path, []byte(header+"{}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	_, err := baselines.ReadFile(path)
	var bad *problem.Problem
	if !errors.As(err, &bad) {
		t.Fatalf("error is %v, want a problem", err)
	}
	if bad.File != path || bad.Line != 2 || !strings.HasPrefix(bad.Error(), path+":2: ") {
		t.Errorf("error is at %s:%d (%v), want %s:2", bad.File, bad.Line, bad, path)
	}
}

// FuzzDecode reads what strangers wrote: no input may crash it, and what it
// accepts is written and read again as the same run.
func FuzzDecode(f *testing.F) {
	golden, err := os.ReadFile("testdata/run.jsonl")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(golden)
	f.Add([]byte(header + trialA + trialB))
	f.Add([]byte(header + trialA + trialB[:30]))
	f.Add([]byte(header + trialA + trialA))
	f.Fuzz(func(t *testing.T, file []byte) {
		run, err := baselines.Decode(bytes.NewReader(file), "")
		if err != nil {
			return
		}
		var again bytes.Buffer
		if err := baselines.Encode(&again, run); err != nil {
			t.Fatalf("what was read cannot be written: %v", err)
		}
		back, err := baselines.Decode(&again, "")
		if err != nil {
			t.Fatalf("what was written cannot be read: %v", err)
		}
		var twice bytes.Buffer
		if err := baselines.Encode(&twice, back); err != nil {
			t.Fatal(err)
		}
		if len(run.Trials) != len(back.Trials) {
			t.Errorf("%d trials became %d", len(run.Trials), len(back.Trials))
		}
		run.Counted()
		run.Header.Fingerprint()
	})
}

// BenchmarkDecode reads 100,000 trials like the format's example.
func BenchmarkDecode(b *testing.B) {
	const trials = 100_000
	run := example()
	trial := run.Trials[0]
	run.Trials = nil
	for i := range trials {
		trial.Seq, trial.Attempt = i+1, i+1
		run.Trials = append(run.Trials, trial)
	}
	var file bytes.Buffer
	if err := baselines.Encode(&file, run); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(file.Len()))
	b.ReportAllocs()
	for b.Loop() {
		got, err := baselines.Decode(bytes.NewReader(file.Bytes()), "")
		if err != nil {
			b.Fatal(err)
		}
		if len(got.Trials) != trials {
			b.Fatal(fmt.Errorf("%d trials", len(got.Trials)))
		}
	}
}
