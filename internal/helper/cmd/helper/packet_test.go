//go:build linux

package main

import (
	"bytes"
	"crypto/tls"
	"encoding/binary"
	"net"
	"net/netip"
	"strings"
	"testing"

	"golang.org/x/net/bpf"
	"golang.org/x/net/dns/dnsmessage"
)

// asks is a query for a name, as a program sends it.
func asks(t testing.TB, name string) []byte {
	t.Helper()
	return query(t, name, dnsmessage.TypeAAAA)
}

// hello is the beginning of a TLS connection to a server of that name.
func hello(name string) []byte {
	here, there := net.Pipe()
	go func() {
		_ = tls.Client(here, &tls.Config{ServerName: name}).Handshake() //nolint:gosec // nobody answers
	}()
	defer here.Close()
	buf := make([]byte, 4<<10)
	n, _ := there.Read(buf)
	return buf[:n]
}

func udp(port uint16, payload []byte) []byte {
	return append(binary.BigEndian.AppendUint16([]byte{0xff, 0xff}, port), append(make([]byte, 4), payload...)...)
}

// tcp has options, whose length counts.
func tcp(port uint16, payload []byte) []byte {
	header := append(binary.BigEndian.AppendUint16([]byte{0xff, 0xff}, port), make([]byte, 28)...)
	header[12] = 8 << 4
	return append(header, payload...)
}

func ipv4(to string, protocol byte, segment []byte) []byte {
	packet := append(make([]byte, 24), segment...) // with an option
	packet[0], packet[9] = 4<<4|6, protocol
	copy(packet[16:], netip.MustParseAddr(to).AsSlice())
	return packet
}

func ipv6(protocol byte, segment []byte) []byte {
	packet := append(make([]byte, 40), segment...)
	packet[0], packet[6] = 6<<4, protocol
	return packet
}

func inStream(message []byte) []byte {
	return append(binary.BigEndian.AppendUint16(nil, uint16(len(message))), message...)
}

func TestTheNamesInPackets(t *testing.T) {
	later := ipv4("1.1.1.1", 17, udp(53, asks(t, "a.example.")))
	later[6], later[7] = 0, 1 // the second part of a packet
	answer := asks(t, "a.example.")
	answer[2] |= 0x80
	tests := map[string]struct {
		packet []byte
		want   string
		inTLS  bool
		taken  bool // by the kernel's filter
	}{
		"a query":                     {ipv4("1.1.1.1", 17, udp(53, asks(t, "Files.Example."))), "files.example", false, true},
		"to Docker's name server":     {ipv4("127.0.0.11", 17, udp(39123, asks(t, "a.example."))), "a.example", false, true},
		"the same over TCP":           {ipv4("127.0.0.11", 6, tcp(39123, inStream(asks(t, "a.example.")))), "a.example", false, true},
		"over TCP":                    {ipv4("1.1.1.1", 6, tcp(53, inStream(asks(t, "a.example.")))), "a.example", false, true},
		"over IPv6":                   {ipv6(17, udp(53, asks(t, "a.example."))), "a.example", false, true},
		"TLS":                         {ipv4("1.1.1.1", 6, tcp(443, hello("WWW.answers.example"))), "www.answers.example", true, true},
		"TLS over IPv6":               {ipv6(6, tcp(443, hello("answers.example"))), "answers.example", true, true},
		"TLS without a name":          {ipv4("1.1.1.1", 6, tcp(443, hello("192.0.2.1"))), "", true, true},
		"data of a TLS connection":    {ipv4("1.1.1.1", 6, tcp(443, []byte("\x17\x03\x03\x00\x10abcdefghijklmnop"))), "", true, false},
		"TLS to another port":         {ipv4("1.1.1.1", 6, tcp(8443, hello("a.example"))), "", false, false},
		"QUIC":                        {ipv4("1.1.1.1", 17, udp(443, []byte{0xc0, 0, 0, 0, 1})), "", false, false},
		"a connection's first packet": {ipv4("1.1.1.1", 6, tcp(443, nil)), "", true, false},
		"an answer":                   {ipv4("1.1.1.1", 17, udp(53, answer)), "", false, true},
		"an address's name":           {ipv4("1.1.1.1", 17, udp(53, asks(t, "11.0.0.127.in-addr.arpa."))), "", false, true},
		"no DNS":                      {ipv4("1.1.1.1", 17, udp(53, []byte("hello"))), "", false, true},
		"no query":                    {ipv4("1.1.1.1", 17, udp(53, nil)), "", false, true},
		"a part of a packet":          {later, "a.example", false, false},
		"ICMP":                        {ipv4("1.1.1.1", 1, make([]byte, 64)), "", false, false},
		"nothing":                     {nil, "", false, false},
	}
	program, err := assemble(withNames)
	if err != nil {
		t.Fatal(err)
	}
	var steps []bpf.Instruction
	for _, raw := range program {
		steps = append(steps, raw.Disassemble())
	}
	kernel, err := bpf.NewVM(steps)
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range tests {
		if got, inTLS := nameIn(tt.packet); got != tt.want || inTLS != tt.inTLS {
			t.Errorf("%s: %q, in TLS %t; want %q, %t", name, got, inTLS, tt.want, tt.inTLS)
		}
		if n, err := kernel.Run(tt.packet); err != nil || n > 0 != tt.taken {
			t.Errorf("%s: the filter takes %d bytes, %v; want it taken: %t", name, n, err, tt.taken)
		}
	}
}

// A hello that does not fit into a packet has its name at the front, or none.
func TestAHelloWithoutItsEnd(t *testing.T) {
	whole := hello("answers.example")
	at := bytes.Index(whole, []byte("answers.example"))
	for n := range whole {
		want := ""
		if n >= at+len("answers.example") {
			want = "answers.example"
		}
		if got := serverNameIn(whole[:n]); got != want {
			t.Errorf("%d bytes of %d: %q, want %q", n, len(whole), got, want)
		}
	}
}

// A sandbox's processes send what they want.
func FuzzNameIn(f *testing.F) {
	f.Add(ipv4("127.0.0.11", 17, udp(53, asks(f, "a.example."))))
	f.Add(ipv4("1.1.1.1", 6, tcp(53, inStream(asks(f, "a.example.")))))
	f.Add(ipv6(6, tcp(443, hello("answers.example"))))
	f.Add([]byte{0x4f})
	f.Fuzz(func(t *testing.T, packet []byte) {
		before := bytes.Clone(packet)
		name, _ := nameIn(packet)
		if len(name) > len(packet)*4 || !bytes.Equal(before, packet) {
			t.Errorf("%x: %q", before, name)
		}
		var asked askedNames
		asked.want(nil)
		asked.add(name)
		if got := asked.names[0]; strings.Trim(got, "abcdefghijklmnopqrstuvwxyz0123456789-._?") != "" {
			t.Errorf("it is noted as %q", got)
		}
	})
}

func TestSoManyNamesAreNoted(t *testing.T) {
	var asked askedNames
	asked.want([]string{"answers.test", "idle.test"})
	for i := range 5000 {
		name := strings.Repeat("x", i%2000) + ".example"
		asked.add(name)
		asked.add(name)
	}
	if len(asked.names) != 1000 || len(asked.known) != 1000 || asked.names[0] != ".example" || asked.more != 2*(1000+1000) {
		t.Errorf("%d names, %d more", len(asked.names), asked.more)
	}
	for i := range 100 {
		asked.add(strings.Repeat("x.", i) + "answers.test")
		asked.add(strings.Repeat("x", i) + "notanswers.test")
	}
	if len(asked.names) != 1001 || asked.names[1000] != "answers.test" {
		t.Errorf("%d names, the last %q, want the wanted one beyond the others", len(asked.names), asked.names[len(asked.names)-1])
	}
}
