// Package guard is what the container that guards a sandbox's network is told,
// and what it tells. It owns the network namespace that the sandbox joins; the
// sandbox's processes cannot change the rules that it sets there.
package guard

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
)

// Rules say where a sandbox gets to. Whatever they say, it reaches itself
// (127.0.0.1), and is reached by nobody.
type Rules struct {
	// Public lets everything out but to Private, Own and what is not an address
	// of one machine. Otherwise nothing gets out but to Open.
	Public bool `json:"public"`

	Open  []netip.AddrPort `json:"open,omitempty"`  // TCP, of benchgate itself
	Names []netip.Addr     `json:"names,omitempty"` // name servers, port 53 of UDP and TCP; only with Public
	Own   []netip.Addr     `json:"own,omitempty"`   // of the engine's machine
}

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
	for _, addr := range append(append([]netip.Addr{}, r.Names...), r.Own...) {
		if !addr.IsValid() {
			return Rules{}, fmt.Errorf("%w: one has no address", errRules)
		}
	}
	return r, nil
}
