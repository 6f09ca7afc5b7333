package meter

import (
	"net"
	"syscall"

	"golang.org/x/sys/unix"
)

// progressOf asks the system; known is false for what is no TCP connection, or is
// closed.
func progressOf(conn net.Conn) (p progress) {
	tcp, ok := conn.(syscall.Conn)
	if !ok {
		return p
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return p
	}
	_ = raw.Control(func(fd uintptr) {
		info, err := unix.GetsockoptTCPInfo(int(fd), unix.IPPROTO_TCP, unix.TCP_INFO)
		if err == nil {
			p = progress{known: true, acknowledged: info.Bytes_acked, segment: info.Snd_mss}
		}
	})
	return p
}
