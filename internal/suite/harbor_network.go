package suite

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"
)

// harborNetwork reads where the task gets to: the environment's network, and what
// it is while the agent works and while the tests run, where those say something else.
func (r *reading) harborNetwork(d *document) {
	t := r.task
	t.Network = Public
	environment := Access{Network: Public}
	if hosts, _ := d.get("environment.allowed_hosts"); unused(hosts) && !d.boolean("environment.allow_internet", true) {
		environment.Network = NoNetwork
	}
	environment = harborAccess(d, "environment", environment)
	phases := Phases{
		Setup: environment,
		Agent: harborAccess(d, "agent", environment),
		Tests: harborAccess(d, "verifier", environment),
	}
	switch {
	case phases.are(Public):
	case phases.are(NoNetwork):
		t.Network = NoNetwork
	default:
		t.Phases = &phases
	}
	if phases.any(Allowlist) {
		r.note("the hosts that the task allows are open by their addresses: others at the same address are reached, too")
	}
}

// harborAccess reads a table's network. One that sets none has that of the
// environment.
func harborAccess(d *document, table string, unset Access) Access {
	field, list := table+".network_mode", table+".allowed_hosts"
	mode := Network(d.text(field))
	if mode == Allowlist {
		hosts := harborHosts(d, list)
		if len(hosts) == 0 {
			return Access{Network: NoNetwork}
		}
		return Access{Network: Allowlist, Hosts: hosts}
	}
	if listed, _ := d.get(list); !unused(listed) {
		d.refuse(list, "%s is for %s = \"allowlist\" only", list, field)
	}
	switch mode {
	case "":
		return unset
	case Public, NoNetwork:
	default:
		d.refuse(field, "%s is %q, want public, no-network or allowlist", field, mode)
	}
	return Access{Network: mode}
}

// harborHosts reads a list of allowed hosts as Harbor does, each once.
func harborHosts(d *document, field string) (hosts []string) {
	v, _ := d.get(field)
	list, ok := v.([]any)
	if !ok && v != nil {
		d.refuse(field, "%s is %s, want a list of strings", field, kindOf(v))
		return nil
	}
	for _, entry := range list {
		text, ok := entry.(string)
		if !ok {
			d.refuse(field, "%s has %s, want strings", field, kindOf(entry))
			continue
		}
		host, why := allowedHost(text)
		switch {
		case why != "":
			d.refuse(field, "%s has %q: %s", field, text, why)
		case !slices.Contains(hosts, host):
			hosts = append(hosts, host)
		}
	}
	return hosts
}

// hostLabel is a part of a name, as Harbor takes it.
var hostLabel = regexp.MustCompile(`^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$`)

const wantHost = `want a host's name, "*." before a name for all below it, an address, or a range of addresses ("192.0.2.0/24")`

// allowedHost writes an entry as Harbor's models/task/config.py does, or says why
// it is none.
func allowedHost(text string) (host, why string) {
	host = strings.TrimRight(strings.ToLower(strings.TrimSpace(text)), ".")
	switch addr, prefix, is := addresses(host); {
	case is && isPrivate(prefix.Addr()):
		return "", "no sandbox reaches private, loopback and link-local addresses"
	case is && strings.Contains(host, "/"):
		return prefix.String(), ""
	case is:
		return addr.String(), ""
	}
	name := strings.TrimPrefix(host, "*.")
	if _, err := netip.ParseAddr(name); err == nil {
		return "", wantHost
	}
	for label := range strings.SplitSeq(name, ".") {
		if !hostLabel.MatchString(label) {
			return "", wantHost
		}
	}
	return host, ""
}

// addresses reads an address, or a range of them that begins at its first.
func addresses(host string) (addr netip.Addr, prefix netip.Prefix, is bool) {
	if addr, err := netip.ParseAddr(host); err == nil && addr.Zone() == "" {
		return addr, netip.PrefixFrom(addr, addr.BitLen()), true
	}
	prefix, err := netip.ParsePrefix(host)
	return prefix.Addr(), prefix, err == nil && prefix == prefix.Masked()
}

func isPrivate(addr netip.Addr) bool {
	addr = addr.Unmap()
	return addr.IsPrivate() || addr.IsLoopback() || addr.IsLinkLocalUnicast() || addr.IsMulticast()
}
