package suite

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/benchgate/benchgate/baselines"
)

// Why tests gave no answer. The errors of [ReadReward] and [ReadPytest] match
// one of them.
var (
	errNoReward    = errors.New("no reward")
	errRewardEmpty = errors.New("answer is empty")
	errRewardBad   = errors.New("answer is not readable")
)

// Answer is what a task's tests said.
type Answer struct {
	Solved bool

	// Reason says in one line what a task that is not solved lacks: a partial
	// reward, or which tests failed. It holds names that the task chose.
	Reason string

	// Rewards are the numbers of a reward file, "reward" for reward.txt; nil
	// for pytest's output.
	Rewards map[string]float64

	// Tests says for each test of pytest's summary whether it passed; nil for
	// reward files.
	Tests map[string]bool
}

// HasNothing tells that a reward file gave nothing at all: every reward is zero.
func (a Answer) HasNothing() bool {
	for _, reward := range a.Rewards {
		if reward != 0 {
			return false
		}
	}
	return len(a.Rewards) > 0
}

// maxReward bounds a reward file, in bytes.
const maxReward = 1 << 20

// ReadReward reads Harbor's answer from the files of the verifier's directory,
// by name: reward.json, a flat object of numbers, else reward.txt, one number.
//
// The task is solved when its reward is as high as at says; nil: 1 or more. The reward
// is the value of the key; of "reward", the default, also the only value there is, and
// where there are several others, each. Another key that is missing is an error. Harbor
// keeps partial rewards as they are; here a task is solved or not, and Reason tells the
// number.
func ReadReward(files map[string][]byte, at *baselines.SolvedAt) (Answer, error) {
	for _, f := range []struct {
		name string
		read func([]byte) (map[string]float64, error)
	}{{"reward.json", readRewardJSON}, {"reward.txt", readRewardText}} {
		data, ok := files[f.name]
		if !ok {
			continue
		}
		if len(bytes.TrimSpace(data)) == 0 {
			return Answer{}, fmt.Errorf("reading %s: %w", f.name, errRewardEmpty)
		}
		if len(data) > maxReward {
			return Answer{}, fmt.Errorf("reading %s: %w: larger than %d bytes", f.name, errRewardBad, maxReward)
		}
		rewards, err := f.read(data)
		if err != nil {
			return Answer{}, fmt.Errorf("reading %s: %w: %w", f.name, errRewardBad, err)
		}
		answer, err := judge(rewards, at)
		if err != nil {
			return Answer{}, fmt.Errorf("reading %s: %w: %w", f.name, errRewardBad, err)
		}
		return answer, nil
	}
	return Answer{}, fmt.Errorf("%w: the tests left neither reward.json nor reward.txt", errNoReward)
}

func readRewardJSON(data []byte) (map[string]float64, error) {
	var values map[string]json.RawMessage
	if err := json.Unmarshal(data, &values); err != nil {
		return nil, err
	}
	if len(values) == 0 {
		return nil, errors.New("want an object with at least one number")
	}
	rewards := make(map[string]float64, len(values))
	for _, name := range slices.Sorted(maps.Keys(values)) {
		switch raw := string(values[name]); raw {
		case "true":
			rewards[name] = 1
		case "false":
			rewards[name] = 0
		case "null":
			return nil, fmt.Errorf("%q is null, want a number", name)
		default:
			var f float64
			if err := json.Unmarshal(values[name], &f); err != nil {
				return nil, fmt.Errorf("%q is no number", name)
			}
			rewards[name] = f
		}
	}
	return rewards, nil
}

func readRewardText(data []byte) (map[string]float64, error) {
	text := strings.TrimSpace(string(data))
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
		return nil, fmt.Errorf("%.40q is no number", text)
	}
	return map[string]float64{"reward": f}, nil
}

// judge says whether rewards solve a task, and which of them are too low.
func judge(rewards map[string]float64, at *baselines.SolvedAt) (Answer, error) {
	key, enough := baselines.SolvedKey, baselines.SolvedMin
	if at != nil {
		key, enough = at.Key, at.Min
	}
	a := Answer{Solved: true, Rewards: rewards}
	names := slices.Sorted(maps.Keys(rewards))
	switch _, ok := rewards[key]; {
	case ok:
		names = []string{key}
	case key != baselines.SolvedKey:
		return Answer{}, fmt.Errorf("it has no %q, at which tasks are solved (suite.solved_at), but %s", key, summarize(names))
	}
	var short []string
	for _, name := range names {
		if rewards[name] < enough {
			short = append(short, name+" is "+decimal(rewards[name]))
		}
	}
	if len(short) > 0 {
		a.Solved = false
		a.Reason = summarize(short) + ", a task is solved at " + decimal(enough)
	}
	return a, nil
}

func decimal(f float64) string { return strconv.FormatFloat(f, 'g', -1, 64) }

// summarize joins the first few of a list.
func summarize(list []string) string {
	const most = 3
	if len(list) <= most {
		return strings.Join(list, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(list[:most], ", "), len(list)-most)
}
