package guard_test

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/internal/helper/guard"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

var sameAddr = cmpopts.EquateComparable(netip.Addr{}, netip.AddrPort{}, netip.Prefix{})

var someRules = guard.Rules{
	Public: true,
	Open:   []netip.AddrPort{netip.MustParseAddrPort("172.18.0.1:8080"), netip.MustParseAddrPort("[fd00::1]:4318")},
	Names:  []netip.Addr{netip.MustParseAddr("10.0.0.2")},
	Own:    []netip.Addr{netip.MustParseAddr("203.0.113.9"), netip.MustParseAddr("2001:db8::9")},
	Answer: true,
	Hosts:  []string{"example.com", "*.example.org"},
	Ranges: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("2001:db8::1/128")},
}

func TestRulesComeBack(t *testing.T) {
	for _, want := range []guard.Rules{{}, {Public: true}, someRules} {
		got, err := guard.Parse(want.String())
		if diff := cmp.Diff(want, got, sameAddr); diff != "" || err != nil {
			t.Errorf("%s: %v\n%s", want, err, diff)
		}
		if strings.Contains(want.String(), "\n") {
			t.Errorf("more than one line: %s", want)
		}
	}
	for _, text := range []string{"", "{", `{"open":["172.18.0.1"]}`, `{"open":["172.18.0.1:0"]}`, `{"open":[""]}`, `{"names":[""]}`, `{"own":["x"]}`, `{"ranges":[""]}`} {
		if got, err := guard.Parse(text); err == nil {
			t.Errorf("%s: %+v, want an error", text, got)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(someRules.String())
	f.Add(`{"public":true,"open":["1.2.3.4:5"]}`)
	f.Fuzz(func(t *testing.T, text string) {
		first, err := guard.Parse(text)
		if err != nil {
			return
		}
		again, err := guard.Parse(first.String())
		if diff := cmp.Diff(first, again, sameAddr, cmpopts.EquateEmpty()); diff != "" || err != nil {
			t.Errorf("%q: %v\n%s", text, err, diff)
		}
	})
}

func TestReportsAndFactsComeBack(t *testing.T) {
	report := guard.Report{Refused: 7, To: []guard.Refused{
		{Protocol: "tcp", Addr: netip.MustParseAddr("169.254.169.254"), Port: 80, Packets: 4},
		{Protocol: "icmp", Addr: netip.MustParseAddr("fe80::1"), Packets: 3},
	}}
	report.Asked, report.Names = 3, []guard.Name{{Name: "evil.test", Queries: 2}, {Name: "a.example", Closed: netip.MustParseAddr("10.0.0.1"), Queries: 1}}
	for i, want := range []string{"name evil.test", "name a.example 10.0.0.1"} {
		if got := report.Names[i].String(); got != want {
			t.Errorf("it says %q, want %q", got, want)
		}
	}
	got, err := guard.ParseReport(report.String())
	if diff := cmp.Diff(report, got, sameAddr); diff != "" || err != nil {
		t.Errorf("report: %v\n%s", err, diff)
	}
	for i, want := range []string{"tcp 169.254.169.254:80", "icmp fe80::1"} {
		if got := report.To[i].String(); got != want {
			t.Errorf("it says %q, want %q", got, want)
		}
	}
	facts := guard.Facts{Error: "no", Names: someRules.Names, Own: someRules.Own}
	gotFacts, err := guard.ParseFacts(facts.String())
	if diff := cmp.Diff(facts, gotFacts, sameAddr); diff != "" || err != nil {
		t.Errorf("facts: %v\n%s", err, diff)
	}
	if _, err := guard.ParseReport("exec format error\n"); err == nil {
		t.Error("what is no report is read as one")
	}
	if _, err := guard.ParseFacts("exec format error\n"); err == nil {
		t.Error("what are no facts are read as some")
	}
}

// The addresses that attacks from sandboxes go to, and some that must be reached.
func TestPrivate(t *testing.T) {
	private := func(text string) bool {
		addr := netip.MustParseAddr(text)
		for _, p := range guard.Private {
			if p.Contains(addr) {
				return true
			}
		}
		return false
	}
	for _, addr := range []string{
		"169.254.169.254", "169.254.170.2", "100.100.100.200", "168.63.129.16", "192.0.0.192", "fd00:ec2::254", // metadata
		"10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "127.0.0.1", "0.0.0.0", "255.255.255.255", "224.0.0.251",
		"::1", "::", "fe80::1", "fd12::1", "::ffff:10.0.0.1", "64:ff9b::a9fe:a9fe", "ff02::1",
	} {
		if !private(addr) {
			t.Errorf("%s gets out", addr)
		}
	}
	for _, addr := range []string{"1.1.1.1", "172.15.0.1", "172.32.0.1", "11.0.0.1", "192.167.0.1", "2606:4700::1111", "100.63.0.1", "100.128.0.1"} {
		if private(addr) {
			t.Errorf("%s does not get out", addr)
		}
	}
}

func TestNamesAreAllowedAsHarborAllowsThem(t *testing.T) {
	rules := guard.Rules{Hosts: []string{"example.com", "*.example.org", "localhost"}}
	for name, want := range map[string]bool{
		"example.com": true, "EXAMPLE.com.": true, "localhost": true, "a.example.org": true, "a.b.Example.ORG.": true,
		"a.example.com": false, "example.com.evil.test": false, "notexample.com": false, "com": false, "": false, ".": false,
		"example.org": false, ".example.org": false, "evilexample.org": false, "a.example.org.evil.test": false, "*.example.org": true,
	} {
		if got := rules.Allows(name); got != want {
			t.Errorf("%q: %t, want %t", name, got, want)
		}
	}
	if (guard.Rules{}).Allows("example.com") || !(guard.Rules{Public: true}).Allows("example.com") {
		t.Error("without a network no name is allowed, on the public one all are")
	}
}
