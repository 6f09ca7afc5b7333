package trial_test

import (
	"context"
	"net"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/dns/dnsmessage"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/leak"
	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/benchgate/benchgate/internal/suite"
)

// An agent writes a script and runs it: no transcript says where that goes, and the
// agent command has none anyway. What the task's author did before, and what the tests do
// after, is not the agent's.
func TestAnAnswerFetchedByAScript(t *testing.T) {
	const fetches = `echo 'timeout 3 getent hosts www.answers.example' > fetch.sh; chmod +x fetch.sh; ./fetch.sh; `
	tests := map[string]struct {
		agent, environment string
		want               []string // nil: it is not flagged
		asked              string
	}{
		"a script":             {fetches, "", []string{"network: answers.example"}, "www.answers.example"},
		"honest":               {"timeout 3 getent hosts github.com; ", "", nil, "github.com"},
		"idle":                 {"", "", nil, ""},
		"a script, on a list":  {fetches, listed, []string{"network: answers.example"}, "www.answers.example"},
		"it cannot be reached": {strings.ReplaceAll(fetches, "www.", "closed."), listed, nil, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, "")
			r.onDockerWith(names(t))
			r.AnswersAt = []leak.Place{"answers.example", "github.com/acme/tasks"}
			task := r.task(map[string]string{
				"task.toml":     answerTask["task.toml"] + "[environment.healthcheck]\nretries = 1\ncommand = 'timeout 3 getent hosts www.answers.example; true'\n" + tt.environment,
				"tests/test.sh": answerTask["tests/test.sh"] + "timeout 3 getent hosts www.answers.example\n",
			})
			got := r.Run(t.Context(), job(task, r.script(tt.agent+"echo 42 > answer.txt")))
			r.want(got, baselines.Finished, "solved")
			if err := got.Validate(); err != nil {
				t.Errorf("the record: %v", err)
			}
			if diff := cmp.Diff(tt.want, got.AnswersFetched); diff != "" || got.Flagged(baselines.AnswersFetched) != (tt.want != nil) {
				t.Errorf("flags %v, fetched (-want +got):\n%s", got.Flags, diff)
			}
			if got.Sources["answers_fetched"] != "network" || got.HostsAsked == nil {
				t.Fatalf("nobody looked: %v", got.Sources)
			}
			var want []string
			if tt.asked != "" {
				want = []string{tt.asked}
			}
			if diff := cmp.Diff(want, got.HostsAsked.Names); diff != "" {
				t.Errorf("asked for (-want +got):\n%s", diff)
			}
		})
	}
}

const listed = "[environment]\nnetwork_mode = \"allowlist\"\nallowed_hosts = [\"www.answers.example\", \"github.com\"]\n"

// A task that says where to look leads there.
func TestATaskThatNamesThePlace(t *testing.T) {
	t.Parallel()
	r := newRig(t, "")
	r.onDocker()
	r.AnswersAt = []leak.Place{"answers.example"}
	task := r.task(map[string]string{"instruction.md": "Write the answer of https://answers.example/42 into answer.txt.\n"})
	got := r.Run(t.Context(), job(task, r.script("timeout 3 getent hosts answers.example; echo 42 > answer.txt")))
	r.want(got, baselines.Finished, "solved")
	if got.Flagged(baselines.AnswersFetched) || got.HostsAsked == nil || !slices.Contains(got.HostsAsked.Names, "answers.example") {
		t.Errorf("flags %v, asked for %+v", got.Flags, got.HostsAsked)
	}
}

func TestNoNetworkIsNotWatched(t *testing.T) {
	t.Parallel()
	r := newRig(t, "")
	r.onDocker()
	r.Gateways[suite.NoNetwork] = r.Gateways[suite.Public]
	task := r.task(map[string]string{"task.toml": answerTask["task.toml"] + "[environment]\nallow_internet = false\n"})
	got := r.Run(t.Context(), job(task, r.script("timeout 3 getent hosts tbench.ai; echo 42 > answer.txt")))
	r.want(got, baselines.Finished, "solved")
	if got.Flagged(baselines.AnswersFetched) || got.HostsAsked != nil || got.Sources["answers_fetched"] != "" {
		t.Errorf("flags %v, asked for %+v, sources %v", got.Flags, got.HostsAsked, got.Sources)
	}
}

// names is a resolver whose name server says of every name that it is at one address.
func names(t *testing.T) *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		asks, answers := net.Pipe()
		go func() {
			defer answers.Close()
			query := make([]byte, 4<<10)
			n, err := answers.Read(query)
			if err != nil {
				return
			}
			var m dnsmessage.Message
			if err := m.Unpack(query[2:n]); err != nil { // a length comes first: it is a stream
				t.Error(err)
				return
			}
			m.Response, m.Additionals = true, nil
			if q := m.Questions[0]; q.Type == dnsmessage.TypeA {
				m.Answers = []dnsmessage.Resource{{
					Header: dnsmessage.ResourceHeader{Name: q.Name, Class: q.Class, TTL: 5},
					Body:   &dnsmessage.AResource{A: [4]byte{203, 0, 113, 10}},
				}}
			}
			packed, err := m.Pack()
			if err != nil {
				t.Error(err)
				return
			}
			_, _ = answers.Write(append([]byte{byte(len(packed) >> 8), byte(len(packed))}, packed...))
		}()
		return asks, nil
	}}
}

// hurried is an engine whose guards had no time to look at all packets.
type hurried struct{ sandbox.Engine }

type hurriedBox struct{ sandbox.Sandbox }

func (e hurried) Create(ctx context.Context, spec sandbox.Spec) (sandbox.Sandbox, error) {
	box, err := e.Engine.Create(ctx, spec)
	return hurriedBox{box}, err
}

func (hurriedBox) Asked(context.Context, ...string) (sandbox.Asked, error) {
	return sandbox.Asked{Watched: true, Hosts: []string{"pypi.org"}, Lost: 3}, nil
}

// That no name of an answer's host was seen says less then.
func TestNamesThatMayBeMissingAreFlagged(t *testing.T) {
	r := newRig(t, "")
	task := r.task(nil)
	if got := r.run(task, r.script("echo 42 > answer.txt")); got.Flagged(baselines.HostsLost) {
		t.Errorf("nobody watched: flags %v", got.Flags)
	}
	r.Engine = hurried{r.Engine}
	got := r.run(task, r.script("echo 42 > answer.txt"))
	if !got.Flagged(baselines.HostsLost) || got.Flagged(baselines.AnswersFetched) || got.HostsAsked == nil || got.HostsAsked.Lost != 3 {
		t.Errorf("flags %v, hosts %+v", got.Flags, got.HostsAsked)
	}
}
