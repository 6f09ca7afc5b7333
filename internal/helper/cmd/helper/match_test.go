//go:build linux

package main

import (
	"net/netip"
	"slices"
	"testing"
)

func TestIntervals(t *testing.T) {
	prefixes := func(all ...string) (out []netip.Prefix) {
		for _, p := range all {
			out = append(out, netip.MustParsePrefix(p))
		}
		return out
	}
	for name, test := range map[string]struct {
		prefixes []netip.Prefix
		want     []string // "first" and "-end"
	}{
		"one":              {prefixes("10.0.0.0/8"), []string{"10.0.0.0", "-11.0.0.0"}},
		"one address":      {prefixes("10.0.0.255/32"), []string{"10.0.0.255", "-10.0.1.0"}},
		"up to the last":   {prefixes("240.0.0.0/4"), []string{"240.0.0.0"}},
		"one in the other": {prefixes("10.1.2.3/32", "10.0.0.0/8"), []string{"10.0.0.0", "-11.0.0.0"}},
		"twice":            {prefixes("10.0.0.0/8", "10.0.0.0/8"), []string{"10.0.0.0", "-11.0.0.0"}},
		"of IPv6":          {prefixes("fe80::/10", "fc00::/7"), []string{"fc00::", "-fe00::", "fe80::", "-fec0::"}},
		"none":             {nil, nil},
	} {
		var got []string
		for _, e := range intervals(test.prefixes) {
			addr, _ := netip.AddrFromSlice(e.Key)
			if e.IntervalEnd {
				got = append(got, "-"+addr.String())
			} else {
				got = append(got, addr.String())
			}
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}
