//go:build linux

package main

import (
	"context"
	"encoding/binary"
	"io"
	"net"
	"net/netip"
	"strings"
	"time"

	"github.com/benchgate/benchgate/internal/helper/guard"
	"golang.org/x/net/dns/dnsmessage"
)

const (
	// resolveTime is how long benchgate may take for a name; programs ask again after
	// some 5 s.
	resolveTime = 10 * time.Second

	// mostQueries is how many queries are answered at once; one more is not heard.
	mostQueries = 512

	// mostKnown is how many names are kept with what was found for them.
	mostKnown = 1024

	// mostAddrs is how many addresses an answer has: so many are in the 512 bytes that
	// every program takes over UDP, whatever the name.
	mostAddrs = 12
)

// listen answers queries for names at the sandbox's own loopback address. The
// engine's name server in the sandbox, or the sandbox itself, asks there.
func (w *warden) listen() error {
	at := net.UDPAddrFromAddrPort(netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), 53))
	packets, err := net.ListenUDP("udp4", at)
	if err != nil {
		return err
	}
	streams, err := new(net.ListenConfig).Listen(context.Background(), "tcp4", at.String())
	if err != nil {
		packets.Close()
		return err
	}
	busy := make(chan struct{}, mostQueries)
	go w.answerPackets(packets, busy)
	go w.answerStreams(streams, busy)
	return nil
}

func (w *warden) answerPackets(packets *net.UDPConn, busy chan struct{}) {
	for {
		query := make([]byte, 4<<10)
		n, from, err := packets.ReadFromUDPAddrPort(query)
		if err != nil {
			time.Sleep(100 * time.Millisecond)
			continue
		}
		select {
		case busy <- struct{}{}:
			go func() {
				defer func() { <-busy }()
				if answer := w.answerQuery(query[:n]); answer != nil {
					_, _ = packets.WriteToUDPAddrPort(answer, from)
				}
			}()
		default: // who asked will ask again
		}
	}
}

func (w *warden) answerStreams(streams net.Listener, busy chan struct{}) {
	for {
		conn, err := streams.Accept()
		if err != nil {
			time.Sleep(100 * time.Millisecond)
			continue
		}
		select {
		case busy <- struct{}{}:
			go func() {
				defer func() { <-busy }()
				w.answerStream(conn)
			}()
		default:
			conn.Close()
		}
	}
}

// answerStream answers queries of one connection, each after its length (RFC 7766).
func (w *warden) answerStream(conn net.Conn) {
	defer conn.Close()
	for {
		_ = conn.SetDeadline(time.Now().Add(2 * resolveTime))
		var length [2]byte
		if _, err := io.ReadFull(conn, length[:]); err != nil {
			return
		}
		query := make([]byte, binary.BigEndian.Uint16(length[:]))
		if _, err := io.ReadFull(conn, query); err != nil {
			return
		}
		answer := w.answerQuery(query)
		if answer == nil {
			return
		}
		if _, err := conn.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(answer))), answer...)); err != nil {
			return
		}
	}
}

// answerQuery is nil for what is no query.
func (w *warden) answerQuery(query []byte) []byte {
	var p dnsmessage.Parser
	header, err := p.Start(query)
	if err != nil || header.Response || header.OpCode != 0 {
		return nil
	}
	question, err := p.Question()
	if err != nil {
		return nil
	}
	code, addrs := w.resolve(question)
	b := dnsmessage.NewBuilder(nil, dnsmessage.Header{
		ID: header.ID, Response: true, RecursionDesired: header.RecursionDesired, RecursionAvailable: true, RCode: code,
	})
	b.EnableCompression()
	if b.StartQuestions() != nil || b.Question(question) != nil || b.StartAnswers() != nil {
		return nil
	}
	for _, addr := range addrs {
		answer := dnsmessage.ResourceHeader{Name: question.Name, Class: question.Class, TTL: uint32(guard.TTL / time.Second)}
		if b.AResource(answer, dnsmessage.AResource{A: addr.As4()}) != nil {
			return nil
		}
	}
	answer, err := b.Finish()
	if err != nil {
		return nil
	}
	return answer
}

// resolve says what a name that is allowed has. IPv4 addresses are all
// that it has here: a run's network has no others, and text and other records
// carry more than a name's address.
func (w *warden) resolve(q dnsmessage.Question) (dnsmessage.RCode, []netip.Addr) {
	name := strings.ToLower(strings.TrimSuffix(q.Name.String(), "."))
	if !w.allows(name) {
		return dnsmessage.RCodeNameError, nil
	}
	if q.Type != dnsmessage.TypeA || q.Class != dnsmessage.ClassINET {
		return dnsmessage.RCodeSuccess, nil
	}
	return w.known(name, func() (dnsmessage.RCode, []netip.Addr) { return w.find(name) })
}

// lookup is what is found for a name, or will be.
type lookup struct {
	until time.Time // is it good; zero: it is being found
	found chan struct{}
	code  dnsmessage.RCode
	addrs []netip.Addr
}

// known finds a name once for all who ask at once, and keeps what is found for TTL:
// opening its addresses takes the kernel some 10 ms.
func (w *warden) known(name string, find func() (dnsmessage.RCode, []netip.Addr)) (dnsmessage.RCode, []netip.Addr) {
	w.mu.Lock()
	l, now := w.lookups[name], time.Now()
	if l != nil && (l.until.IsZero() || now.Before(l.until)) {
		w.mu.Unlock()
		<-l.found
		return l.code, l.addrs
	}
	l = &lookup{found: make(chan struct{})}
	if w.lookups == nil || len(w.lookups) >= mostKnown {
		w.lookups = make(map[string]*lookup)
	}
	w.lookups[name] = l
	w.mu.Unlock()

	l.code, l.addrs = find()
	w.mu.Lock()
	defer w.mu.Unlock()
	l.until = now
	if l.code != dnsmessage.RCodeServerFailure {
		l.until = now.Add(guard.TTL)
	}
	close(l.found)
	return l.code, l.addrs
}

// find asks benchgate for a name's addresses, and opens them.
func (w *warden) find(name string) (dnsmessage.RCode, []netip.Addr) {
	found, err := w.ask(resolveTime, guard.AskResolve, name)
	if err != nil {
		return dnsmessage.RCodeServerFailure, nil
	}
	addrs, err := w.open(name, found)
	switch {
	case err != nil:
		return dnsmessage.RCodeServerFailure, nil
	case len(addrs) == 0:
		return dnsmessage.RCodeNameError, nil
	}
	return dnsmessage.RCodeSuccess, addrs
}

func (w *warden) allows(name string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.rules.Allows(name) {
		return true
	}
	w.refused.add(guard.Name{Name: name})
	return false
}

// open opens the addresses of a name and returns those that are not closed.
func (w *warden) open(name string, found []string) (addrs []netip.Addr, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.rules.Allows(name) {
		return nil, nil // the rules have changed meanwhile
	}
	for _, text := range found {
		addr, err := netip.ParseAddr(text)
		if err != nil || !addr.Unmap().Is4() || len(addrs) == mostAddrs {
			continue
		}
		addr = addr.Unmap()
		if w.rules.Closed(addr) {
			w.refused.add(guard.Name{Name: name, Closed: addr})
			continue
		}
		addrs = append(addrs, addr)
	}
	if w.rules.Public {
		return addrs, nil
	}
	return addrs, w.filter.openFor(addrs, guard.OpenFor)
}
