package docker_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/benchgate/benchgate/internal/suite"
)

// asked is what the sandbox asked for since it was called last.
func asked(t *testing.T, sb sandbox.Sandbox) sandbox.Asked {
	t.Helper()
	got, err := sb.Asked(t.Context())
	if err != nil || !got.Watched {
		t.Fatalf("watched: %t, %v", got.Watched, err)
	}
	return got
}

func testHostsAskedFor(t *testing.T) {
	sb, internet, _, _ := hostsLab(t, allow("files.example", "*.wild.example"))
	if got := asked(t, sb); len(got.Hosts) > 0 {
		t.Errorf("before: %q", got.Hosts)
	}
	sh(t, sb, "/probe dial Files.Example:80; nslookup a.b.wild.example; nslookup files.example; nslookup other.example; nslookup 203.0.113.10")
	internet.says("203.0.113.10:443", "")
	sh(t, sb, "/probe hello 203.0.113.10:443 Fronted.example")
	got := asked(t, sb)
	slices.Sort(got.Hosts)
	if want := []string{"a.b.wild.example", "files.example", "fronted.example"}; !slices.Equal(got.Hosts, want) || got.More+got.Lost > 0 {
		t.Errorf("it asked for %+v, want %q: other.example is refused", got, want)
	}
	if got := asked(t, sb); len(got.Hosts) > 0 {
		t.Errorf("once more: %q", got.Hosts)
	}

	if err := sb.SetAccess(t.Context(), suite.Access{Network: suite.Public}); err != nil {
		t.Fatal(err)
	}
	dials(t, sb, "other.example:80", "host 11")
	if got := asked(t, sb); !slices.Contains(got.Hosts, "other.example") {
		t.Errorf("on the public network: %+v", got)
	}
}

// On the public network the engine's name server answers, or a sandbox asks another.
func testHostsAskedForOnPublic(t *testing.T) {
	net := beyond(t, "203.0.113.53")
	net.says("203.0.113.53:443", "")
	_, _, sb, _, _ := reachLab(t, suite.Public)
	asked(t, sb)
	sh(t, sb, "echo 'nslookup engine.example' > /fetch; sh /fetch; ping -c 1 -W 1 resolver.example")
	sh(t, sb, "timeout 2 nslookup other.example 203.0.113.53")
	sh(t, sb, "/probe hello 203.0.113.53:443 secure.example")
	sh(t, sb, "/probe hello 203.0.113.53:443 '\x1b[31m.example' ; head -c 700 /dev/urandom | timeout 1 nc -u 203.0.113.53 53")
	got := asked(t, sb)
	for _, want := range []string{"engine.example", "resolver.example", "other.example", "secure.example", "??31m.example"} {
		if !slices.Contains(got.Hosts, want) {
			t.Errorf("%s is not among %q", want, got.Hosts)
		}
	}
}

// Who asks for very many names has some of them noted, and the trial goes on.
func testFloodOfNames(t *testing.T) {
	beyond(t, "203.0.113.53")
	_, _, sb, meter, _ := reachLab(t, suite.Public)
	if _, err := sb.Asked(t.Context(), "answers.example"); err != nil {
		t.Fatal(err)
	}
	sh(t, sb, "/probe flood 203.0.113.53:53 300000")
	sh(t, sb, "timeout 2 nslookup www.answers.example 203.0.113.53")
	dials(t, sb, meter, "meter")
	got := asked(t, sb)
	t.Logf("%d names, %d more, %d lost", len(got.Hosts), got.More, got.Lost)
	if len(got.Hosts) != 1001 || got.More+got.Lost < 200_000 || !strings.HasSuffix(got.Hosts[999], ".flood.example") || got.Hosts[1000] != "www.answers.example" {
		t.Errorf("%d names, %d more, %d lost", len(got.Hosts), got.More, got.Lost)
	}
	sh(t, sb, "timeout 2 nslookup after.example 203.0.113.53")
	if got := asked(t, sb); fmt.Sprint(got.Hosts) != "[after.example]" || got.Lost > 0 {
		t.Errorf("after it: %+v", got)
	}
}

func TestASandboxWithoutANetworkIsNotWatched(t *testing.T) {
	t.Parallel()
	_, _, sb, _, _ := reachLab(t, suite.NoNetwork)
	if got, err := sb.Asked(t.Context()); err != nil || got.Watched {
		t.Errorf("%+v, %v", got, err)
	}
}
