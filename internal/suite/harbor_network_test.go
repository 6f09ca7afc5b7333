package suite

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestHarborNetworks(t *testing.T) {
	only := func(hosts ...string) Access { return Access{Network: Allowlist, Hosts: hosts} }
	public, none := Access{Network: Public}, Access{Network: NoNetwork}
	for name, test := range map[string]struct {
		environment, agent, verifier string
		network                      Network
		phases                       *Phases
	}{
		"nothing said":                      {"", "", "", Public, nil},
		"none":                              {`network_mode = "no-network"`, "", "", NoNetwork, nil},
		"none, in the old way":              {`allow_internet = false`, "", "", NoNetwork, nil},
		"the mode is stronger":              {"allow_internet = false\nnetwork_mode = \"public\"", "", "", Public, nil},
		"a list is stronger, too":           {"allow_internet = false\nnetwork_mode = \"allowlist\"\nallowed_hosts = [\"a.example\"]", "", "", Public, &Phases{only("a.example"), only("a.example"), only("a.example")}},
		"an empty list is none":             {"network_mode = \"allowlist\"\nallowed_hosts = []", "", "", NoNetwork, nil},
		"a list that is missing is none":    {`network_mode = "allowlist"`, "", "", NoNetwork, nil},
		"the agent has none":                {"", `network_mode = "no-network"`, "", Public, &Phases{public, none, public}},
		"the tests have all":                {`network_mode = "no-network"`, "", `network_mode = "public"`, Public, &Phases{none, none, public}},
		"the agent has a list":              {"", "network_mode = \"allowlist\"\nallowed_hosts = [\"pypi.org\"]", "", Public, &Phases{public, only("pypi.org"), public}},
		"all have none, each in its words":  {`network_mode = "no-network"`, `network_mode = "no-network"`, "network_mode = \"allowlist\"", NoNetwork, nil},
		"what they say that is said anyway": {"", `network_mode = "public"`, `network_mode = "public"`, Public, nil},
	} {
		t.Run(name, func(t *testing.T) {
			task := readArchive(t, fmt.Sprintf(`
-- instruction.md --
Do it.
-- tests/test.sh --
-- task.toml --
version = "1.0"
[environment]
docker_image = "debian"
%s
[agent]
%s
[verifier]
%s
`, test.environment, test.agent, test.verifier))
			if diff := cmp.Diff(test.phases, task.Phases); diff != "" || task.Network != test.network {
				t.Errorf("on network %q, want %q\n%s", task.Network, test.network, diff)
			}
		})
	}
}

// Hosts are written as Harbor's normalize_allowed_hosts writes them.
func TestAllowedHostsAreWrittenInOneWay(t *testing.T) {
	for text, want := range map[string]string{
		"example.com":       "example.com",
		" Example.COM. ":    "example.com",
		"*.Example.com":     "*.example.com",
		"localhost":         "localhost",
		"xn--bcher-kva.de":  "xn--bcher-kva.de",
		"192.0.2.1":         "192.0.2.1",
		"192.0.2.0/24":      "192.0.2.0/24",
		"2001:DB8:0::1":     "2001:db8::1",
		"2001:db8:0:0::/32": "2001:db8::/32",
		"1.1":               "1.1", // a name, to Harbor
	} {
		if got, why := allowedHost(text); got != want || why != "" {
			t.Errorf("%q is %q (%s), want %q", text, got, why, want)
		}
	}
}

func FuzzAllowedHost(f *testing.F) {
	for _, text := range []string{"example.com", "*.example.com", "192.0.2.0/24", "::1%x", "2001:db8::/32", "a..b"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		host, why := allowedHost(text)
		if (host == "") == (why == "") {
			t.Fatalf("%q is %q and %q", text, host, why)
		}
		if again, _ := allowedHost(host); why == "" && again != host {
			t.Errorf("%q is written %q, and that %q", text, host, again)
		}
	})
}
