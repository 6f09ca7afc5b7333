// Package guard is what the container that guards a sandbox's network is told,
// and what it tells. It owns the network namespace that the sandbox joins; the
// sandbox's processes cannot change the rules that it sets there.
//
// The guard writes a Report when its first rules are set. From then on it and
// benchgate talk in lines of package pid1: each may ask, and the other answers
// with ok or failed and the ID of the question.
//
//	ID report                benchgate asks what was refused
//	ID names "HOST" ...      benchgate asks which names were asked for since it asked last; from now on those of the hosts are not crowded out
//	ID rules "RULES"         benchgate sets other rules; connections that the new ones do not allow end
//	ID resolve "NAME"        the guard asks for a name's addresses
//
//	ID ok "REPORT"
//	ID ok "NAMES"
//	ID ok "ADDRESS" ...      none: there is no such name, or it has none
package guard

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// Rules say where a sandbox gets to. Whatever they say, it reaches itself
// (127.0.0.1), and is reached by nobody.
type Rules struct {
	// Public lets everything out but to Private, Own and what is not an address
	// of one machine. Otherwise nothing gets out but to Open, Hosts and Ranges.
	Public bool `json:"public"`

	Open  []netip.AddrPort `json:"open,omitempty"`  // TCP, of benchgate itself
	Names []netip.Addr     `json:"names,omitempty"` // name servers, port 53 of UDP and TCP; only with Public
	Own   []netip.Addr     `json:"own,omitempty"`   // of the engine's machine

	// Answer makes the guard the sandbox's name server: it asks benchgate for the
	// names that Allows allows.
	Answer bool `json:"answer,omitempty"`

	// Hosts are names, as in "example.com", or "*.example.com" for all below it. TCP
	// to their addresses gets out, to any port, but to no address that Closed has.
	Hosts []string `json:"hosts,omitempty"`

	// Ranges are addresses that TCP gets out to, as to those of Hosts.
	Ranges []netip.Prefix `json:"ranges,omitempty"`
}

const (
	// TTL is for how long the sandbox may keep an answer of its guard.
	TTL = time.Minute

	// OpenFor is how long an address stays open after the last answer with it. A
	// program that resolves a name once and connects again and again gets there so
	// long: benchgate does not learn how long a name server's answer is good for.
	OpenFor = time.Hour

	// MostOpen is how many addresses of names can be open at once.
	MostOpen = 4096
)

// Allows reports whether a name, with or without its final dot and in any case,
// may be resolved.
func (r Rules) Allows(name string) bool {
	if r.Public {
		return true
	}
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	for _, host := range r.Hosts {
		suffix, below := strings.CutPrefix(host, "*")
		if name == host || below && len(name) > len(suffix) && strings.HasSuffix(name, suffix) {
			return true
		}
	}
	return false
}

// Closed reports whether no name opens an address: one that is not on the
// internet, or the engine's machine's own.
func (r Rules) Closed(addr netip.Addr) bool {
	addr = addr.Unmap().WithZone("")
	return slices.Contains(r.Own, addr) || slices.ContainsFunc(Private, func(p netip.Prefix) bool { return p.Contains(addr) })
}

// The words of questions.
const (
	AskReport  = "report"
	AskNames   = "names"
	SetRules   = "rules"
	AskResolve = "resolve"
)

// Private are the addresses of networks that are nobody's on the internet, of
// IANA's special-purpose registries (RFC 6890 and its updates) and, the last of
// IPv4, of Azure's platform, whose metadata answer there. Addresses for
// documentation and measurements (192.0.2.0/24, 198.18.0.0/15 and their like) are
// not in it: nobody has them, unless it is the engine's machine itself.
var Private = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),
	netip.MustParsePrefix("10.0.0.0/8"),
	netip.MustParsePrefix("100.64.0.0/10"),
	netip.MustParsePrefix("127.0.0.0/8"),
	netip.MustParsePrefix("169.254.0.0/16"),
	netip.MustParsePrefix("172.16.0.0/12"),
	netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("192.168.0.0/16"),
	netip.MustParsePrefix("224.0.0.0/4"),
	netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("168.63.129.16/32"),

	netip.MustParsePrefix("::/96"),         // the unspecified and the loopback address, and IPv4's
	netip.MustParsePrefix("::ffff:0:0/96"), // IPv4's
	netip.MustParsePrefix("64:ff9b::/96"),  // IPv4's, translated
	netip.MustParsePrefix("64:ff9b:1::/48"),
	netip.MustParsePrefix("fc00::/7"),
	netip.MustParsePrefix("fe80::/10"),
	netip.MustParsePrefix("fec0::/10"),
	netip.MustParsePrefix("ff00::/8"),
}

// String is what Parse reads, in one line.
func (r Rules) String() string {
	text, _ := json.Marshal(r) // addresses and a bool have no error
	return string(text)
}

var errRules = errors.New("they are no rules of a guard")

// Parse reads what String wrote.
func Parse(text string) (Rules, error) {
	var r Rules
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		return Rules{}, fmt.Errorf("%w: %w", errRules, err)
	}
	for _, to := range r.Open {
		if !to.IsValid() || to.Port() == 0 {
			return Rules{}, fmt.Errorf("%w: one opens no port", errRules)
		}
	}
	for _, p := range r.Ranges {
		if !p.IsValid() {
			return Rules{}, fmt.Errorf("%w: one has no range", errRules)
		}
	}
	for _, addr := range append(append([]netip.Addr{}, r.Names...), r.Own...) {
		if !addr.IsValid() {
			return Rules{}, fmt.Errorf("%w: one has no address", errRules)
		}
	}
	return r, nil
}
