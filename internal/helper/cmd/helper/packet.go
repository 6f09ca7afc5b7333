//go:build linux

package main

import (
	"encoding/binary"
	"strings"

	"golang.org/x/net/dns/dnsmessage"
	"golang.org/x/sys/unix"
)

const (
	portDNS = 53
	portTLS = 443
)

// nameIn is the name of a host that a packet asks for, in lower case: that of a
// query for a name, or, in TLS, of the server that a connection is for. Empty: it has
// none, or not whole. The packet begins with its IP header; a sandbox sent it.
func nameIn(packet []byte) (name string, inTLS bool) {
	protocol, segment := segmentOf(packet)
	switch {
	case protocol == unix.IPPROTO_UDP && len(segment) > 8:
		return questionIn(segment[8:]), false
	case protocol == unix.IPPROTO_TCP && len(segment) >= 20:
		payload := cursor(segment[min(len(segment), int(segment[12]>>4)*4):])
		if binary.BigEndian.Uint16(segment[2:]) == portTLS {
			return serverNameIn(payload), true
		}
		if payload.next(2) != nil { // a query's length (RFC 7766)
			return questionIn(payload), false
		}
	}
	return "", false
}

// segmentOf is what an IP packet carries, and its protocol; zero for no packet.
func segmentOf(packet []byte) (protocol byte, segment []byte) {
	if len(packet) < 20 {
		return 0, nil
	}
	switch header := int(packet[0]&15) * 4; packet[0] >> 4 {
	case 4:
		if header >= 20 && header <= len(packet) {
			return packet[9], packet[header:]
		}
	case 6:
		if len(packet) >= 40 {
			return packet[6], packet[40:]
		}
	}
	return 0, nil
}

// questionIn is the name that a query is for. What asks which name an address has
// names no host.
func questionIn(query []byte) string {
	var p dnsmessage.Parser
	header, err := p.Start(query)
	if err != nil || header.Response || header.OpCode != 0 {
		return ""
	}
	question, err := p.Question()
	if err != nil {
		return ""
	}
	name := strings.ToLower(strings.TrimSuffix(question.Name.String(), "."))
	if strings.HasSuffix(name, ".arpa") {
		return ""
	}
	return name
}

// serverNameIn is the name in a ClientHello (RFC 8446, 4.1.2, and RFC 6066, 3), of
// which the end may be missing.
func serverNameIn(stream cursor) string {
	const record, handshake, random = 5, 4, 2 + 32
	head := stream.next(record + handshake + random)
	if head == nil || head[0] != 22 || head[record] != 1 {
		return ""
	}
	stream.vector(1) // session
	stream.vector(2) // cipher suites
	stream.vector(1) // compression methods
	stream.next(2)   // length of the extensions
	for {
		kind, extension := stream.next(2), stream.vector(2)
		if kind == nil || extension == nil {
			return ""
		}
		if binary.BigEndian.Uint16(kind) != 0 { // server_name
			continue
		}
		names := extension.vector(2)
		if isHost := names.next(1); isHost == nil || isHost[0] != 0 {
			return ""
		}
		return strings.ToLower(strings.TrimSuffix(string(names.vector(2)), "."))
	}
}

// cursor is what is still to be read.
type cursor []byte

// next takes n bytes; nil when there are not so many: then nothing is left.
func (c *cursor) next(n int) []byte {
	if n > len(*c) {
		*c = nil
		return nil
	}
	taken := (*c)[:n:n]
	*c = (*c)[n:]
	return taken
}

// vector takes what stands behind its own length, which has 1 or 2 bytes.
func (c *cursor) vector(lengthBytes int) cursor {
	n := 0
	for _, b := range c.next(lengthBytes) {
		n = n<<8 | int(b)
	}
	return c.next(n)
}
