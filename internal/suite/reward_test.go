package suite

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/baselines"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestReadReward(t *testing.T) {
	cases := []struct {
		name  string
		files map[string]string
		want  Answer
		err   error
	}{
		{"one in text", map[string]string{"reward.txt": "1\n"}, Answer{Solved: true, Rewards: map[string]float64{"reward": 1}}, nil},
		{"nothing in text", map[string]string{"reward.txt": "0"}, Answer{Rewards: map[string]float64{"reward": 0}, Reason: "reward is 0, a task is solved at 1"}, nil},
		{"partial", map[string]string{"reward.txt": " 0.75 "}, Answer{Rewards: map[string]float64{"reward": 0.75}, Reason: "reward is 0.75, a task is solved at 1"}, nil},
		{"json", map[string]string{"reward.json": `{"reward": 1.0}`}, Answer{Solved: true, Rewards: map[string]float64{"reward": 1}}, nil},
		{"json before text", map[string]string{"reward.json": `{"reward": 0}`, "reward.txt": "1"}, Answer{Rewards: map[string]float64{"reward": 0}, Reason: "reward is 0, a task is solved at 1"}, nil},
		{"the reward among others", map[string]string{"reward.json": `{"style": 0.2, "reward": 1}`}, Answer{Solved: true, Rewards: map[string]float64{"style": 0.2, "reward": 1}}, nil},
		{"one other name", map[string]string{"reward.json": `{"accuracy": 1}`}, Answer{Solved: true, Rewards: map[string]float64{"accuracy": 1}}, nil},
		{"several other names", map[string]string{"reward.json": `{"b": 0, "a": 1, "c": 0.5}`}, Answer{Rewards: map[string]float64{"a": 1, "b": 0, "c": 0.5}, Reason: "b is 0, c is 0.5, a task is solved at 1"}, nil},
		{"booleans, as Python takes them", map[string]string{"reward.json": `{"reward": true}`}, Answer{Solved: true, Rewards: map[string]float64{"reward": 1}}, nil},
		{"empty text", map[string]string{"reward.txt": "\n"}, Answer{}, errRewardEmpty},
		{"empty json is not replaced by text", map[string]string{"reward.json": "", "reward.txt": "1"}, Answer{}, errRewardEmpty},
		{"words", map[string]string{"reward.txt": "passed"}, Answer{}, errRewardBad},
		{"not a number", map[string]string{"reward.txt": "nan"}, Answer{}, errRewardBad},
		{"infinite", map[string]string{"reward.txt": "inf"}, Answer{}, errRewardBad},
		{"torn json", map[string]string{"reward.json": `{"reward": `}, Answer{}, errRewardBad},
		{"nested json", map[string]string{"reward.json": `{"reward": {"a": 1}}`}, Answer{}, errRewardBad},
		{"text in json", map[string]string{"reward.json": `{"reward": "1"}`}, Answer{}, errRewardBad},
		{"null", map[string]string{"reward.json": `{"reward": null}`}, Answer{}, errRewardBad},
		{"a list", map[string]string{"reward.json": `[1]`}, Answer{}, errRewardBad},
		{"an empty object", map[string]string{"reward.json": `{}`}, Answer{}, errRewardBad},
		{"too large", map[string]string{"reward.txt": strings.Repeat("1", maxReward+1)}, Answer{}, errRewardBad},
		{"other files only", map[string]string{"ctrf.json": "{}"}, Answer{}, errNoReward},
		{"nothing", nil, Answer{}, errNoReward},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			files := make(map[string][]byte)
			for name, text := range c.files {
				files[name] = []byte(text)
			}
			got, err := ReadReward(files, nil)
			if !errors.Is(err, c.err) {
				t.Fatalf("error %v, want %v", err, c.err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestReadPytest(t *testing.T) {
	const head = "collected 2 items\nPASSED not/in/summary.py::test_early\n=========================== short test summary info ============================\n"
	cases := []struct {
		name, output string
		tests        map[string]bool
		err          error
	}{
		{"all passed", head + "PASSED ../tests/test_outputs.py::test_a\nPASSED ../tests/test_outputs.py::test_b\n============================== 2 passed in 0.01s ===============================\n", map[string]bool{"test_a": true, "test_b": true}, nil},
		{"one failed", head + "PASSED t.py::test_a\nFAILED t.py::test_b - AssertionError: 1 - 2\n", map[string]bool{"test_a": true, "test_b - AssertionError: 1": false}, nil},
		{"expected failures and skips pass", head + "XFAIL t.py::test_a\nSKIPPED [1] ../tests/test_outputs.py:48: no network\n", map[string]bool{"test_a": true, "[1] ../tests/test_outputs.py:48: no network": true}, nil},
		{"unexpected passes and errors fail", head + "XPASS t.py::test_a\nERROR t.py::test_b\n", map[string]bool{"test_a": false, "test_b": false}, nil},
		{"an error in collecting keeps its path", head + "ERROR ../tests/test_outputs.py - TypeError: no\n", map[string]bool{"../tests/test_outputs.py - TypeError: no": false}, nil},
		{"the last of two counts", head + "FAILED a.py::test_a\nPASSED b.py::test_a\n", map[string]bool{"test_a": true}, nil},
		{"a colon after the status", head + "PASSED: t.py::test_a\n", map[string]bool{"test_a": true}, nil},
		{"colours and carriage returns", "\x1b[36m\x1b[1m=========================== short test summary info ============================\x1b[0m\r\n\x1b[32mPASSED\x1b[0m t.py::\x1b[1mtest_a\x1b[0m\r\n", map[string]bool{"test_a": true}, nil},
		{"capitals in the heading", "== Short Test Summary Info ==\nPASSED t.py::test_a\n", map[string]bool{"test_a": true}, nil},
		{"classes and parameters", head + "FAILED t.py::TestA::test_b[1-2] - E\n", map[string]bool{"TestA::test_b[1-2]": false}, nil},
		{"only the first summary divides", head + "PASSED t.py::test_a\n" + head + "FAILED t.py::test_b\n", map[string]bool{"test_a": true, "test_early": true, "test_b": false}, nil},
		{"no summary", "bash: uv: command not found\n", nil, errNoReward},
		{"an empty summary is no answer", head + "no tests ran in 0.00s\n", nil, errRewardEmpty},
		{"nothing", "", nil, errNoReward},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := ReadPytest(c.output)
			if !errors.Is(err, c.err) {
				t.Fatalf("error %v, want %v", err, c.err)
			}
			if diff := cmp.Diff(c.tests, got.Tests, cmpopts.EquateEmpty()); diff != "" {
				t.Error(diff)
			}
			solved := err == nil
			for _, passed := range got.Tests {
				solved = solved && passed
			}
			if got.Solved != solved {
				t.Errorf("solved is %v", got.Solved)
			}
			if solved != (got.Reason == "" && err == nil) {
				t.Errorf("reason is %q", got.Reason)
			}
		})
	}
}

func ExampleReadPytest() {
	answer, err := ReadPytest(`
=========================== short test summary info ============================
PASSED ../tests/test_outputs.py::test_file_exists
FAILED ../tests/test_outputs.py::test_content - AssertionError
========================= 1 failed, 1 passed in 0.04s ==========================
`)
	fmt.Println(answer.Solved, answer.Reason, err)
	// Output: false 1 of 2 tests failed: test_content <nil>
}

// A suite says from which number of which key on a task is solved.
func TestSolvedAt(t *testing.T) {
	const rewards = `{"correct": 1, "speed": 0.4}`
	for _, c := range []struct {
		file, text, key string
		min             float64
		solved          bool
		says            string
	}{
		{"reward.txt", "0.5", "reward", 0.5, true, ""},
		{"reward.txt", "0.49", "reward", 0.5, false, "reward is 0.49, a task is solved at 0.5"},
		{"reward.txt", "-3", "reward", -5, true, ""},
		{"reward.json", rewards, "correct", 1, true, ""},
		{"reward.json", rewards, "speed", 0.5, false, "speed is 0.4, a task is solved at 0.5"},
		{"reward.json", rewards, "reward", 0.5, false, "speed is 0.4, a task is solved at 0.5"},
		{"reward.json", rewards, "style", 1, false, `reading reward.json: answer is not readable: it has no "style", at which tasks are solved (suite.solved_at), but correct, speed`},
		{"reward.txt", "1", "correct", 1, false, `reading reward.txt: answer is not readable: it has no "correct", at which tasks are solved (suite.solved_at), but reward`},
	} {
		got, err := ReadReward(map[string][]byte{c.file: []byte(c.text)}, &baselines.SolvedAt{Key: c.key, Min: c.min})
		says := got.Reason
		if err != nil {
			says = err.Error()
		}
		if got.Solved != c.solved || says != c.says {
			t.Errorf("%s at %s >= %v: solved %t, %s", c.text, c.key, c.min, got.Solved, says)
		}
	}
}

func ExampleReadReward() {
	answer, err := ReadReward(map[string][]byte{"reward.txt": []byte("0.5\n")}, nil)
	fmt.Println(answer.Solved, answer.Reason, err)
	// Output: false reward is 0.5, a task is solved at 1 <nil>
}

// Whatever tests leave is read, refused as one of three kinds, and never
// solved without a number that says so.
func FuzzReadReward(f *testing.F) {
	f.Add([]byte(`{"reward": 1}`), []byte("1"))
	f.Add([]byte(`{"a": 1e400}`), []byte("0x1p4"))
	f.Fuzz(func(t *testing.T, json, text []byte) {
		for _, files := range []map[string][]byte{{"reward.json": json}, {"reward.txt": text}, {"reward.json": json, "reward.txt": text}} {
			a, err := ReadReward(files, nil)
			if err != nil {
				if !errors.Is(err, errRewardEmpty) && !errors.Is(err, errRewardBad) {
					t.Errorf("error of no kind: %v", err)
				}
				continue
			}
			if len(a.Rewards) == 0 || a.Solved != (a.Reason == "") {
				t.Errorf("answer %+v", a)
			}
		}
	})
}

func FuzzReadPytest(f *testing.F) {
	f.Add("=== short test summary info ===\nPASSED a::b\nFAILED c - d\n")
	f.Add("\x1b[1m== short test summary info ==\x1b]0;title\x07\nSKIPPED [1] x\n")
	f.Fuzz(func(t *testing.T, output string) {
		a, err := ReadPytest(output)
		if err != nil {
			if !errors.Is(err, errNoReward) && !errors.Is(err, errRewardEmpty) {
				t.Errorf("error of no kind: %v", err)
			}
			return
		}
		if len(a.Tests) == 0 || a.Solved != (a.Reason == "") || strings.Contains(a.Reason, "\n") {
			t.Errorf("answer %+v", a)
		}
	})
}
