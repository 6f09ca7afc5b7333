//go:build linux

package main

import (
	"fmt"
	"time"

	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

const (
	// mostLooked is how many packets are looked at in one go, between which others
	// have their turn.
	mostLooked = 256

	// restTime is how long nothing is looked at after a full go: so a flood of queries
	// takes a small part of one CPU. What waits meanwhile is kept up to mostWaiting.
	restTime = 10 * time.Millisecond

	// mostWaiting is what the kernel keeps of packets until they are looked at, in
	// bytes; each counts with some 800 bytes of the kernel's own.
	mostWaiting = 2 << 20

	// mostAtEnd is how many packets are looked at before it is said what was asked
	// for: more than wait.
	mostAtEnd = 8 << 10

	// mostOfPacket is how much of a packet is looked at, in bytes.
	mostOfPacket = 2 << 10
)

// watcher sees copies of the packets with names that leave the sandbox, for its
// engine's name server, too. It changes nothing for who sends them.
type watcher struct {
	socket int
	buf    [mostOfPacket]byte
}

// newWatcher watches all interfaces of the network namespace.
func newWatcher() (*watcher, error) {
	// Without a protocol no packet comes before the filter is set.
	socket, err := unix.Socket(unix.AF_PACKET, unix.SOCK_DGRAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("watching names: %w", err)
	}
	w := &watcher{socket: socket}
	if err := w.begin(); err != nil {
		unix.Close(socket)
		return nil, fmt.Errorf("watching names: %w", err)
	}
	return w, nil
}

func (w *watcher) begin() error {
	program, err := assemble(withNames)
	if err != nil {
		return err
	}
	filters := make([]unix.SockFilter, len(program))
	for i, p := range program {
		filters[i] = unix.SockFilter{Code: p.Op, Jt: p.Jt, Jf: p.Jf, K: p.K}
	}
	if err := unix.SetsockoptSockFprog(w.socket, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &unix.SockFprog{Len: uint16(len(filters)), Filter: &filters[0]}); err != nil {
		return err
	}
	// Without it less waits: 200 KiB.
	_ = unix.SetsockoptInt(w.socket, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, mostWaiting)
	const all = unix.ETH_P_ALL<<8 | unix.ETH_P_ALL>>8 // in the network's order of bytes, on these platforms
	return unix.Bind(w.socket, &unix.SockaddrLinklayer{Protocol: all & 0xffff})
}

// wait waits until a packet is there.
func (w *watcher) wait() {
	_, _ = unix.Poll([]unix.PollFd{{Fd: int32(w.socket), Events: unix.POLLIN}}, -1) // an error comes from a signal: nothing is there then
}

// look hands over the names in what is there, of at most so many packets, and
// returns how many there were.
func (w *watcher) look(most int, see func(name string, inTLS bool)) (packets int) {
	for packets < most {
		n, from, err := unix.Recvfrom(w.socket, w.buf[:], 0)
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			break // EAGAIN: that was all
		}
		packets++
		link, ok := from.(*unix.SockaddrLinklayer)
		if !ok || link.Pkttype != unix.PACKET_OUTGOING {
			continue
		}
		if name, inTLS := nameIn(w.buf[:n]); name != "" {
			see(name, inTLS)
		}
	}
	return packets
}

// lost is how many packets could not wait, since it was asked last.
func (w *watcher) lost() uint64 {
	stats, err := unix.GetsockoptTpacketStats(w.socket, unix.SOL_PACKET, unix.PACKET_STATISTICS)
	if err != nil {
		return 0
	}
	return uint64(stats.Drops)
}

// step is one instruction of a filter in the kernel. A jump goes to the step with
// that label, and to the next step without one.
type step struct {
	label   string
	do      bpf.Instruction
	yes, no string
}

// withNames takes the packets that may have names in them: to port 53, to Docker's
// name server, which the kernel sends to another port of its own, and those with
// which TLS begins on port 443. They begin with their IP header.
var withNames = []step{
	{do: bpf.LoadAbsolute{Off: 0, Size: 1}},
	{do: bpf.ALUOpConstant{Op: bpf.ALUOpAnd, Val: 0xf0}},
	{do: bpf.JumpIf{Cond: bpf.JumpEqual, Val: 0x60}, yes: "IPv6"},
	{do: bpf.JumpIf{Cond: bpf.JumpEqual, Val: 0x40}, no: "drop"},
	{do: bpf.LoadAbsolute{Off: 6, Size: 2}},
	{do: bpf.JumpIf{Cond: bpf.JumpBitsSet, Val: 0x1fff}, yes: "drop"}, // a fragment without a beginning
	{do: bpf.LoadAbsolute{Off: 16, Size: 4}},
	{do: bpf.JumpIf{Cond: bpf.JumpEqual, Val: 127<<24 | 11}, yes: "take"},
	{do: bpf.LoadMemShift{Off: 0}},
	{do: bpf.LoadAbsolute{Off: 9, Size: 1}},
	{do: bpf.JumpIf{Cond: bpf.JumpEqual, Val: unix.IPPROTO_UDP}, yes: "UDP", no: "TCP?"},

	{label: "IPv6", do: bpf.LoadConstant{Dst: bpf.RegX, Val: 40}},
	{do: bpf.LoadAbsolute{Off: 6, Size: 1}},
	{do: bpf.JumpIf{Cond: bpf.JumpEqual, Val: unix.IPPROTO_UDP}, yes: "UDP"},

	{label: "TCP?", do: bpf.JumpIf{Cond: bpf.JumpEqual, Val: unix.IPPROTO_TCP}, no: "drop"},
	{do: bpf.LoadIndirect{Off: 2, Size: 2}},
	{do: bpf.JumpIf{Cond: bpf.JumpEqual, Val: portDNS}, yes: "take"},
	{do: bpf.JumpIf{Cond: bpf.JumpEqual, Val: portTLS}, no: "drop"},
	{do: bpf.LoadIndirect{Off: 12, Size: 1}},
	{do: bpf.ALUOpConstant{Op: bpf.ALUOpShiftRight, Val: 4}},
	{do: bpf.ALUOpConstant{Op: bpf.ALUOpShiftLeft, Val: 2}},
	{do: bpf.ALUOpX{Op: bpf.ALUOpAdd}},
	{do: bpf.TAX{}},
	{do: bpf.LoadIndirect{Off: 0, Size: 1}},
	{do: bpf.JumpIf{Cond: bpf.JumpEqual, Val: 22}, no: "drop"}, // a record of handshakes
	{do: bpf.LoadIndirect{Off: 5, Size: 1}},
	{do: bpf.JumpIf{Cond: bpf.JumpEqual, Val: 1}, yes: "take", no: "drop"}, // a ClientHello

	{label: "UDP", do: bpf.LoadIndirect{Off: 2, Size: 2}},
	{do: bpf.JumpIf{Cond: bpf.JumpEqual, Val: portDNS}, yes: "take"},
	{label: "drop", do: bpf.RetConstant{Val: 0}},
	{label: "take", do: bpf.RetConstant{Val: mostOfPacket}},
}

// assemble counts how far each jump goes.
func assemble(steps []step) ([]bpf.RawInstruction, error) {
	at := make(map[string]int)
	for i, s := range steps {
		at[s.label] = i
	}
	program := make([]bpf.Instruction, len(steps))
	for i, s := range steps {
		program[i] = s.do
		jump, isJump := s.do.(bpf.JumpIf)
		if !isJump {
			continue
		}
		if s.yes != "" {
			jump.SkipTrue = uint8(at[s.yes] - i - 1)
		}
		if s.no != "" {
			jump.SkipFalse = uint8(at[s.no] - i - 1)
		}
		program[i] = jump
	}
	return bpf.Assemble(program)
}
