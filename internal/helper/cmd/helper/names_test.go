//go:build linux

package main

import (
	"io"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/benchgate/benchgate/internal/helper/guard"
	"github.com/benchgate/benchgate/internal/helper/pid1"
	"golang.org/x/net/dns/dnsmessage"
)

// benchgate answers what a warden asks: a name's addresses, or that it cannot say.
type benchgate struct {
	*warden
	names map[string][]string

	mu    sync.Mutex
	asked []string
}

func (b *benchgate) Write(p []byte) (int, error) {
	question, err := pid1.Parse(string(p))
	if err != nil || question.Word != guard.AskResolve {
		return 0, io.ErrUnexpectedEOF
	}
	b.mu.Lock()
	b.asked = append(b.asked, question.Args[0])
	b.mu.Unlock()
	answer := pid1.Line{ID: question.ID, Word: pid1.OK, Args: b.names[question.Args[0]]}
	if slices.Equal(answer.Args, []string{"broken"}) {
		answer = pid1.Line{ID: question.ID, Word: pid1.Failed}
	}
	go b.hand(answer) // the writer has the line's lock
	return len(p), nil
}

func wardenOf(rules guard.Rules, names map[string][]string) *benchgate {
	b := &benchgate{names: names}
	b.warden = &warden{rules: rules, filter: new(filter), line: newLine(b)}
	return b
}

func query(t testing.TB, name string, kind dnsmessage.Type) []byte {
	t.Helper()
	m := dnsmessage.Message{
		Header:    dnsmessage.Header{ID: 7, RecursionDesired: true},
		Questions: []dnsmessage.Question{{Name: dnsmessage.MustNewName(name), Type: kind, Class: dnsmessage.ClassINET}},
	}
	packed, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	return packed
}

// answered is the code of an answer and the addresses in it.
func (b *benchgate) answered(t *testing.T, name string, kind dnsmessage.Type) string {
	t.Helper()
	var m dnsmessage.Message
	packed := b.answerQuery(query(t, name, kind))
	if err := m.Unpack(packed); err != nil || m.ID != 7 || !m.Response || len(packed) > 512 {
		t.Fatalf("%s: %v, %+v, %d bytes", name, err, m.Header, len(packed))
	}
	said := strings.TrimPrefix(m.RCode.String(), "RCode")
	for _, a := range m.Answers {
		said += " " + netip.AddrFrom4(a.Body.(*dnsmessage.AResource).A).String()
	}
	return said
}

func TestNames(t *testing.T) {
	b := wardenOf(guard.Rules{Hosts: []string{"a.example", "*.wild.example", "broken.example", "private.example"}, Own: []netip.Addr{netip.MustParseAddr("203.0.113.9")}}, map[string][]string{
		"a.example":        {"192.0.2.1", "192.0.2.2"},
		"x.wild.example":   {"192.0.2.3"},
		"broken.example":   {"broken"},
		"private.example":  {"10.0.0.1", "203.0.113.9", "::ffff:169.254.169.254", "nonsense"},
		"y.z.wild.example": slices.Repeat([]string{"192.0.2.4"}, 50),
	})
	for _, test := range []struct {
		name string
		kind dnsmessage.Type
		want string
	}{
		{"a.example.", dnsmessage.TypeA, "Success 192.0.2.1 192.0.2.2"},
		{"A.Example.", dnsmessage.TypeA, "Success 192.0.2.1 192.0.2.2"},
		{"a.example.", dnsmessage.TypeAAAA, "Success"},
		{"a.example.", dnsmessage.TypeTXT, "Success"},
		{"x.wild.example.", dnsmessage.TypeA, "Success 192.0.2.3"},
		{"y.z.wild.example.", dnsmessage.TypeA, "Success" + strings.Repeat(" 192.0.2.4", mostAddrs)},
		{"missing.wild.example.", dnsmessage.TypeA, "NameError"},
		{"broken.example.", dnsmessage.TypeA, "ServerFailure"},
		{"private.example.", dnsmessage.TypeA, "NameError"},
		{"wild.example.", dnsmessage.TypeA, "NameError"},
		{"evilwild.example.", dnsmessage.TypeA, "NameError"},
		{"b.a.example.", dnsmessage.TypeA, "NameError"},
		{"a.example.evil.test.", dnsmessage.TypeTXT, "NameError"},
		{"\x1b[31m\n::error.evil.test.", dnsmessage.TypeA, "NameError"},
		{".", dnsmessage.TypeNS, "NameError"},
	} {
		if got := b.answered(t, test.name, test.kind); got != test.want {
			t.Errorf("%q: %s, want %s", test.name, got, test.want)
		}
	}
	slices.Sort(b.asked)
	if want := []string{"a.example", "broken.example", "missing.wild.example", "private.example", "x.wild.example", "y.z.wild.example"}; !slices.Equal(b.asked, want) {
		t.Errorf("asked for %q, want each once: %q", b.asked, want)
	}
	var report guard.Report
	b.refused.addTo(&report)
	var said []string
	for _, n := range report.Names {
		said = append(said, n.String())
	}
	for _, want := range []string{"name ??31m???error.evil.test", "name wild.example", "name private.example 169.254.169.254", "name private.example 203.0.113.9"} {
		if !slices.Contains(said, want) {
			t.Errorf("%q is not among %q", want, said)
		}
	}
	if report.Asked != 9 {
		t.Errorf("%d were refused, want 9", report.Asked)
	}
}

func TestANameIsFoundOnceForAllWhoAsk(t *testing.T) {
	b := wardenOf(guard.Rules{Hosts: []string{"a.example"}}, map[string][]string{"a.example": {"192.0.2.1"}})
	var asking sync.WaitGroup
	for range 100 {
		asking.Go(func() {
			if got := b.answered(t, "a.example.", dnsmessage.TypeA); got != "Success 192.0.2.1" {
				t.Error(got)
			}
		})
	}
	asking.Wait()
	if len(b.asked) != 1 {
		t.Errorf("asked %d times", len(b.asked))
	}
}

func TestTheNamesOfAReportAreBounded(t *testing.T) {
	var r refusedNames
	for i := range 1000 {
		r.add(guard.Name{Name: strings.Repeat("a", i)})
	}
	var report guard.Report
	if r.addTo(&report); report.Asked != 1000 || len(report.Names) != guard.MostNamed {
		t.Errorf("%d asked for, %d named", report.Asked, len(report.Names))
	}
}

func FuzzAnswerQuery(f *testing.F) {
	name := dnsmessage.MustNewName("a.example.")
	m := dnsmessage.Message{Questions: []dnsmessage.Question{{Name: name, Type: dnsmessage.TypeA, Class: dnsmessage.ClassINET}}}
	packed, err := m.Pack()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(packed)
	f.Add(packed[:12])
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, query []byte) {
		b := wardenOf(guard.Rules{Hosts: []string{"a.example", "*.b.example"}}, map[string][]string{"a.example": {"192.0.2.1"}})
		answer := b.answerQuery(query)
		if answer == nil {
			return
		}
		var m dnsmessage.Message
		if err := m.Unpack(answer); err != nil || len(answer) > 512 || !m.Response {
			t.Errorf("%d bytes, %v: %+v", len(answer), err, m.Header)
		}
	})
}
