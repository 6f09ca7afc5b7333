//go:build linux

package main

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strconv"

	"github.com/benchgate/benchgate/internal/helper/guard"
	"github.com/google/nftables"
	"github.com/google/nftables/expr"
	"golang.org/x/sys/unix"
)

// filter has the rules of one network namespace: a table for IPv4, and one for
// IPv6 where the kernel has that.
type filter struct {
	families []*family
}

// family is the table of one version of IP.
type family struct {
	conn    *nftables.Conn
	table   *nftables.Table
	out     *nftables.Chain
	refused *nftables.Set // of protocol, address and port, with a counter each
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
	f := new(filter)
	for _, v := range versions {
		if v.family == nftables.TableFamilyIPv6 {
			if _, err := os.Stat("/proc/net/if_inet6"); err != nil {
				continue // without IPv6 in the kernel, nothing gets out over it
			}
		}
		fam, err := newFamily(v, rules)
		if err != nil {
			return nil, fmt.Errorf("setting the rules (nf_tables): %w", err)
		}
		f.families = append(f.families, fam)
	}
	return f, nil
}

// newFamily makes a table whose rules are asked from the first to the last.
func newFamily(v version, rules guard.Rules) (*family, error) {
	conn, err := nftables.New()
	if err != nil {
		return nil, err
	}
	f := &family{conn: conn, version: v, table: conn.AddTable(&nftables.Table{Family: v.family, Name: "benchgate"})}
	f.guardInput()
	accept := nftables.ChainPolicyAccept
	f.out = conn.AddChain(&nftables.Chain{
		Name: "out", Table: f.table, Type: nftables.ChainTypeFilter,
		Hooknum: nftables.ChainHookOutput, Priority: nftables.ChainPriorityFilter, Policy: &accept,
	})
	f.accept(f.out, loopback(expr.MetaKeyOIFNAME)...)
	f.accept(f.out, answers()...)
	for _, to := range rules.Open {
		f.acceptPort(to.Addr().Unmap(), unix.IPPROTO_TCP, to.Port())
	}
	if rules.Public {
		for _, name := range rules.Names {
			f.acceptPort(name.Unmap(), unix.IPPROTO_UDP, 53)
			f.acceptPort(name.Unmap(), unix.IPPROTO_TCP, 53)
		}
		if err := f.acceptPublic(rules.Own); err != nil {
			return nil, err
		}
	}
	if err := f.refuse(); err != nil {
		return nil, err
	}
	return f, conn.Flush()
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

func (f *family) acceptPort(addr netip.Addr, proto byte, port uint16) {
	if !f.is(addr) {
		return
	}
	where := []expr.Any{
		f.destination(1),
		&expr.Cmp{Op: expr.CmpOpEq, Register: 1, Data: addr.AsSlice()},
	}
	where = append(where, protocol(proto)...)
	f.accept(f.out, append(where,
		destinationPort(1),
		&expr.Cmp{Op: expr.CmpOpEq, Register: 1, Data: binary.BigEndian.AppendUint16(nil, port)},
	)...)
}

// acceptPublic accepts all but what is private or the engine's machine's own.
func (f *family) acceptPublic(own []netip.Addr) error {
	private := slices.Clone(guard.Private)
	for _, addr := range own {
		private = append(private, netip.PrefixFrom(addr.Unmap().WithZone(""), addr.Unmap().BitLen()))
	}
	set := &nftables.Set{Table: f.table, Name: "private", KeyType: f.addr, Interval: true}
	if err := f.conn.AddSet(set, intervals(slices.DeleteFunc(private, func(p netip.Prefix) bool { return !f.is(p.Addr()) }))); err != nil {
		return err
	}
	f.accept(f.out, f.destination(1), &expr.Lookup{SourceRegister: 1, SetName: set.Name, SetID: set.ID, Invert: true})
	return nil
}

// refuse counts what is left by where it goes, and answers it at once.
func (f *family) refuse() error {
	f.refused = &nftables.Set{
		Table: f.table, Name: "refused", Dynamic: true, Counter: true, Size: guard.MostNamed,
		KeyType: nftables.MustConcatSetType(f.addr, nftables.TypeInetProto, nftables.TypeInetService), Concatenation: true,
	}
	if err := f.conn.AddSet(f.refused, nil); err != nil {
		return err
	}
	first := uint32(unix.NFT_REG32_00)
	f.rule(f.out, &expr.Counter{})
	f.rule(
		f.out,
		f.destination(first),
		&expr.Meta{Key: expr.MetaKeyL4PROTO, Register: first + f.bytes/4},
		destinationPort(first+f.bytes/4+1),
		&expr.Dynset{SrcRegKey: first, SetName: f.refused.Name, SetID: f.refused.ID, Operation: unix.NFT_DYNSET_OP_ADD, Exprs: []expr.Any{&expr.Counter{}}},
	)
	f.rule(f.out, &expr.Reject{Type: unix.NFT_REJECT_ICMP_UNREACH, Code: f.unreachable})
	return nil
}

// intervals are prefixes as a set has them: where each begins and where it has
// ended. Such a set takes no two that overlap.
func intervals(prefixes []netip.Prefix) (elements []nftables.SetElement) {
	slices.SortFunc(prefixes, func(a, b netip.Prefix) int {
		return cmp.Or(a.Masked().Addr().Compare(b.Masked().Addr()), a.Bits()-b.Bits())
	})
	var last netip.Prefix
	for _, p := range prefixes {
		if last.IsValid() && last.Overlaps(p) {
			continue // sorted, so it is inside the last
		}
		last = p
		elements = append(elements, nftables.SetElement{Key: p.Masked().Addr().AsSlice()})
		if after := lastOf(p).Next(); after.IsValid() {
			elements = append(elements, nftables.SetElement{Key: after.AsSlice(), IntervalEnd: true})
		}
	}
	return elements
}

// lastOf is the last address of a prefix.
func lastOf(p netip.Prefix) netip.Addr {
	addr := p.Masked().Addr().AsSlice()
	for bit := p.Bits(); bit < len(addr)*8; bit++ {
		addr[bit/8] |= 0x80 >> (bit % 8)
	}
	last, _ := netip.AddrFromSlice(addr) // as long as it was
	return last
}

// loopback is what goes out or comes in over the namespace's own interface.
func loopback(key expr.MetaKey) []expr.Any {
	name := make([]byte, unix.IFNAMSIZ)
	copy(name, "lo")
	return []expr.Any{&expr.Meta{Key: key, Register: 1}, &expr.Cmp{Op: expr.CmpOpEq, Register: 1, Data: name}}
}

// answers is what belongs to a connection that was accepted, errors included.
func answers() []expr.Any {
	state := binary.NativeEndian.AppendUint32(nil, expr.CtStateBitESTABLISHED|expr.CtStateBitRELATED)
	none := make([]byte, 4)
	return []expr.Any{
		&expr.Ct{Key: expr.CtKeySTATE, Register: 1},
		&expr.Bitwise{SourceRegister: 1, DestRegister: 1, Len: 4, Mask: state, Xor: none},
		&expr.Cmp{Op: expr.CmpOpNeq, Register: 1, Data: none},
	}
}

func protocol(number byte) []expr.Any {
	return []expr.Any{
		&expr.Meta{Key: expr.MetaKeyL4PROTO, Register: 1},
		&expr.Cmp{Op: expr.CmpOpEq, Register: 1, Data: []byte{number}},
	}
}

func (v version) destination(register uint32) expr.Any {
	return &expr.Payload{DestRegister: register, Base: expr.PayloadBaseNetworkHeader, Offset: v.offset, Len: v.bytes}
}

func destinationPort(register uint32) expr.Any {
	return &expr.Payload{DestRegister: register, Base: expr.PayloadBaseTransportHeader, Offset: 2, Len: 2}
}

// report reads the counters.
func (f *filter) report() guard.Report {
	var r guard.Report
	var errs []error
	for _, fam := range f.families {
		errs = append(errs, fam.addTo(&r))
	}
	slices.SortFunc(r.To, func(a, b guard.Refused) int {
		return cmp.Or(cmp.Compare(b.Packets, a.Packets), a.Addr.Compare(b.Addr), cmp.Compare(a.Port, b.Port), cmp.Compare(a.Protocol, b.Protocol))
	})
	r.To = r.To[:min(len(r.To), guard.MostNamed)]
	if err := errors.Join(errs...); err != nil {
		r.Error = err.Error()
	}
	return r
}

func (f *family) addTo(r *guard.Report) error {
	rules, err := f.conn.GetRules(f.table, f.out)
	if err != nil {
		return err
	}
	for _, rule := range rules {
		for _, e := range rule.Exprs {
			if counter, ok := e.(*expr.Counter); ok {
				r.Refused += counter.Packets
			}
		}
	}
	elements, err := f.conn.GetSetElements(f.refused)
	if err != nil {
		return err
	}
	for _, e := range elements {
		r.To = append(r.To, f.refusedTo(e))
	}
	return nil
}

// refusedTo reads an element's key: the address, the protocol, the port, each
// filled up to four bytes.
func (f *family) refusedTo(e nftables.SetElement) guard.Refused {
	to := guard.Refused{}
	if len(e.Key) < int(f.bytes)+6 {
		return to
	}
	to.Addr, _ = netip.AddrFromSlice(e.Key[:f.bytes])
	proto := e.Key[f.bytes]
	switch proto {
	case unix.IPPROTO_TCP:
		to.Protocol = "tcp"
	case unix.IPPROTO_UDP:
		to.Protocol = "udp"
	case unix.IPPROTO_ICMP, unix.IPPROTO_ICMPV6:
		to.Protocol = "icmp"
	default:
		to.Protocol = strconv.Itoa(int(proto))
	}
	if to.Protocol == "tcp" || to.Protocol == "udp" {
		to.Port = binary.BigEndian.Uint16(e.Key[f.bytes+4:])
	}
	if e.Counter != nil {
		to.Packets = e.Counter.Packets
	}
	return to
}
