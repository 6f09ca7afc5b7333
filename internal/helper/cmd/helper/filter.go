//go:build linux

package main

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"time"

	"github.com/benchgate/benchgate/internal/helper/guard"
	"github.com/google/nftables"
	"github.com/google/nftables/expr"
	"golang.org/x/sys/unix"
)

// filter has the rules of one network namespace: a table for IPv4, and one for
// IPv6 where the kernel has that.
type filter struct {
	conn     *nftables.Conn // of all families: what is changed at once is one transaction, which takes the kernel some 20 ms
	families []*family
}

// family is the table of one version of IP.
type family struct {
	conn    *nftables.Conn
	table   *nftables.Table
	out     *nftables.Chain
	open    *nftables.Chain // what gets out, which can be set anew
	setting uint32          // how often it was set
	private *nftables.Set   // addresses that no name opens
	hosts   *nftables.Set   // addresses of names that are open, each with its end
	refused *nftables.Set   // of protocol, address and port, with a counter each
	version
}

// version is in what the rules of IPv4 and IPv6 differ.
type version struct {
	family        nftables.TableFamily
	addr          nftables.SetDatatype
	offset, bytes uint32 // of the destination in a packet's header
	unreachable   uint8  // ICMP's code of "administratively prohibited"
	is            func(netip.Addr) bool
}

var versions = []version{
	{nftables.TableFamilyIPv4, nftables.TypeIPAddr, 16, 4, 13, netip.Addr.Is4},
	{nftables.TableFamilyIPv6, nftables.TypeIP6Addr, 24, 16, 1, netip.Addr.Is6},
}

func newFilter(rules guard.Rules) (*filter, error) {
	conn, err := nftables.New()
	if err != nil {
		return nil, fmt.Errorf("setting the rules (nf_tables): %w", err)
	}
	f := &filter{conn: conn}
	for _, v := range versions {
		if v.family == nftables.TableFamilyIPv6 {
			if _, err := os.Stat("/proc/net/if_inet6"); err != nil {
				continue // without IPv6 in the kernel, nothing gets out over it
			}
		}
		fam, err := newFamily(conn, v, rules.Own)
		if err != nil {
			return nil, fmt.Errorf("setting the rules (nf_tables): %w", err)
		}
		f.families = append(f.families, fam)
	}
	return f, f.set(rules)
}

// set replaces the rules at one moment.
func (f *filter) set(rules guard.Rules) error {
	for _, fam := range f.families {
		fam.set(rules)
	}
	if err := f.conn.Flush(); err != nil {
		return fmt.Errorf("setting the rules (nf_tables): %w", err)
	}
	return nil
}

// openFor lets TCP out to addresses that a name has.
func (f *filter) openFor(addrs []netip.Addr, d time.Duration) error {
	for _, fam := range f.families {
		if err := fam.openFor(addrs, d); err != nil {
			return fmt.Errorf("opening addresses: %w", err)
		}
	}
	if len(f.families) == 0 || len(addrs) == 0 {
		return nil
	}
	if err := f.conn.Flush(); err != nil {
		return fmt.Errorf("opening addresses: %w", err)
	}
	return nil
}

// newFamily makes a table whose rules are asked from the first to the last.
func newFamily(conn *nftables.Conn, v version, own []netip.Addr) (*family, error) {
	f := &family{conn: conn, version: v, table: conn.AddTable(&nftables.Table{Family: v.family, Name: "benchgate"})}
	f.guardInput()
	accept := nftables.ChainPolicyAccept
	f.out = conn.AddChain(&nftables.Chain{
		Name: "out", Table: f.table, Type: nftables.ChainTypeFilter,
		Hooknum: nftables.ChainHookOutput, Priority: nftables.ChainPriorityFilter, Policy: &accept,
	})
	f.open = conn.AddChain(&nftables.Chain{Name: "open", Table: f.table})
	if err := f.addSets(own); err != nil {
		return nil, err
	}
	f.accept(f.out, loopback(expr.MetaKeyOIFNAME)...)
	f.rule(f.out, &expr.Verdict{Kind: expr.VerdictJump, Chain: f.open.Name})
	f.refuse()
	return f, nil
}

// addSets adds the sets that rules ask.
func (f *family) addSets(own []netip.Addr) error {
	private := slices.Clone(guard.Private)
	for _, addr := range own {
		private = append(private, netip.PrefixFrom(addr.Unmap().WithZone(""), addr.Unmap().BitLen()))
	}
	f.private = &nftables.Set{Table: f.table, Name: "private", KeyType: f.addr, Interval: true}
	if err := f.conn.AddSet(f.private, intervals(slices.DeleteFunc(private, func(p netip.Prefix) bool { return !f.is(p.Addr()) }))); err != nil {
		return err
	}
	f.hosts = &nftables.Set{Table: f.table, Name: "hosts", KeyType: f.addr, HasTimeout: true, Size: guard.MostOpen}
	if err := f.conn.AddSet(f.hosts, nil); err != nil {
		return err
	}
	f.refused = &nftables.Set{
		Table: f.table, Name: "refused", Dynamic: true, Counter: true, Size: guard.MostNamed,
		KeyType: nftables.MustConcatSetType(f.addr, nftables.TypeInetProto, nftables.TypeInetService), Concatenation: true,
	}
	return f.conn.AddSet(f.refused, nil)
}

// set replaces what gets out. A connection goes on when the new
// rules accept it, too.
func (f *family) set(rules guard.Rules) {
	f.setting++
	f.conn.FlushChain(f.open)
	f.conn.FlushSet(f.hosts)
	f.accept(f.open, append(answers(), f.acceptedNow()...)...)
	for _, to := range rules.Open {
		f.acceptPort(to.Addr().Unmap(), unix.IPPROTO_TCP, to.Port())
	}
	if rules.Public {
		for _, name := range rules.Names {
			f.acceptPort(name.Unmap(), unix.IPPROTO_UDP, 53)
			f.acceptPort(name.Unmap(), unix.IPPROTO_TCP, 53)
		}
		f.acceptNew(f.destination(1), f.isIn(f.private, true))
	} else {
		f.rule(f.open, f.destination(1), f.isIn(f.private, false), &expr.Verdict{Kind: expr.VerdictReturn})
		f.acceptNew(append(protocol(unix.IPPROTO_TCP), f.destination(1), f.isIn(f.hosts, false))...)
		for _, p := range rules.Ranges {
			f.acceptRange(p)
		}
	}
}

// openFor opens those of one version of IP, for the time from now on.
func (f *family) openFor(addrs []netip.Addr, d time.Duration) error {
	var elements []nftables.SetElement
	for _, addr := range addrs {
		if f.is(addr) {
			elements = append(elements, nftables.SetElement{Key: addr.AsSlice(), Timeout: d})
		}
	}
	if len(elements) == 0 {
		return nil
	}
	// The time of an element that is there does not begin anew by adding it; one that
	// is not there cannot be deleted.
	for _, change := range []func(*nftables.Set, []nftables.SetElement) error{f.conn.SetAddElements, f.conn.SetDeleteElements, f.conn.SetAddElements} {
		if err := change(f.hosts, elements); err != nil {
			return err
		}
	}
	return nil
}

// guardInput lets in what answers, what comes from the sandbox itself, and ICMP,
// which IPv6 needs to find its neighbours.
func (f *family) guardInput() {
	drop := nftables.ChainPolicyDrop
	in := f.conn.AddChain(&nftables.Chain{
		Name: "in", Table: f.table, Type: nftables.ChainTypeFilter,
		Hooknum: nftables.ChainHookInput, Priority: nftables.ChainPriorityFilter, Policy: &drop,
	})
	f.accept(in, loopback(expr.MetaKeyIIFNAME)...)
	f.accept(in, answers()...)
	if f.family == nftables.TableFamilyIPv6 {
		f.accept(in, protocol(unix.IPPROTO_ICMPV6)...)
	}
}

func (f *family) rule(chain *nftables.Chain, exprs ...expr.Any) {
	f.conn.AddRule(&nftables.Rule{Table: f.table, Chain: chain, Exprs: exprs})
}

func (f *family) accept(chain *nftables.Chain, where ...expr.Any) {
	f.rule(chain, append(where, &expr.Verdict{Kind: expr.VerdictAccept})...)
}

// acceptNew accepts in the chain of what gets out, and marks the connection, so that
// the rest of it is known to be accepted by the rules that are set now.
func (f *family) acceptNew(where ...expr.Any) {
	f.accept(f.open, append(
		where,
		&expr.Immediate{Register: 1, Data: f.mark()},
		&expr.Ct{Key: expr.CtKeyMARK, Register: 1, SourceRegister: true},
	)...)
}

// acceptedNow is what belongs to a connection that acceptNew marked since the rules
// were set last.
func (f *family) acceptedNow() []expr.Any {
	return []expr.Any{
		&expr.Ct{Key: expr.CtKeyMARK, Register: 1},
		&expr.Cmp{Op: expr.CmpOpEq, Register: 1, Data: f.mark()},
	}
}

func (f *family) mark() []byte { return binary.NativeEndian.AppendUint32(nil, f.setting) }

func (f *family) isIn(set *nftables.Set, not bool) expr.Any {
	return &expr.Lookup{SourceRegister: 1, SetName: set.Name, SetID: set.ID, Invert: not}
}

func (f *family) acceptPort(addr netip.Addr, proto byte, port uint16) {
	if !f.is(addr) {
		return
	}
	where := []expr.Any{
		f.destination(1),
		&expr.Cmp{Op: expr.CmpOpEq, Register: 1, Data: addr.AsSlice()},
	}
	where = append(where, protocol(proto)...)
	f.acceptNew(append(where,
		destinationPort(1),
		&expr.Cmp{Op: expr.CmpOpEq, Register: 1, Data: binary.BigEndian.AppendUint16(nil, port)},
	)...)
}

// acceptRange accepts TCP to all addresses of a prefix.
func (f *family) acceptRange(p netip.Prefix) {
	if !f.is(p.Addr()) {
		return
	}
	first, last := p.Masked().Addr().AsSlice(), lastOf(p).AsSlice()
	where := append(protocol(unix.IPPROTO_TCP), f.destination(1))
	f.acceptNew(append(where, &expr.Range{Op: expr.CmpOpEq, Register: 1, FromData: first, ToData: last})...)
}
