//go:build linux

package main

import (
	"cmp"
	"encoding/binary"
	"errors"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/benchgate/benchgate/internal/helper/guard"
	"github.com/google/nftables"
	"github.com/google/nftables/expr"
	"golang.org/x/sys/unix"
)

// refuse counts what is left by where it goes, and answers it at once.
func (f *family) refuse() {
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

// refusedNames are the names that were asked for and may not be resolved.
type refusedNames struct {
	total uint64
	names map[guard.Name]uint64 // at most guard.MostNamed
}

func (r *refusedNames) add(n guard.Name) {
	r.total++
	n.Name = strings.Map(plain, n.Name)
	if _, known := r.names[n]; !known && len(r.names) >= guard.MostNamed {
		return
	}
	if r.names == nil {
		r.names = make(map[guard.Name]uint64)
	}
	r.names[n]++
}

// plain leaves in a name what names of hosts have. Others come from who wants to be
// read by a terminal.
func plain(r rune) rune {
	if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' || r == '.' || r == '_' {
		return r
	}
	return '?'
}

func (r *refusedNames) addTo(report *guard.Report) {
	report.Asked = r.total
	for n, queries := range r.names {
		n.Queries = queries
		report.Names = append(report.Names, n)
	}
	slices.SortFunc(report.Names, func(a, b guard.Name) int {
		return cmp.Or(cmp.Compare(b.Queries, a.Queries), cmp.Compare(a.Name, b.Name), a.Closed.Compare(b.Closed))
	})
}
