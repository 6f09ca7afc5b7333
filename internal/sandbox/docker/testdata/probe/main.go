//go:build linux

// Probe says from inside a container what its network is like, in images that
// have no such program.
//
//	probe dial HOST:PORT          prints what the other side says
//	probe reach HOST:PORT         connects, and says nothing
//	probe send udp|icmp TARGET    sends a packet; fails when the kernel refuses it
//	probe mark HOST:PORT N        dials with a mark on the socket, as firewalls tell by
//	probe forge HOST              sends a query for a name, as a packet of its own making
//	probe hello HOST:PORT NAME    begins a TLS connection with a server of that name
//	probe flood HOST:PORT N       asks for so many names, as fast as it can
//	probe many HOST:PORT N        dials so often at once, and prints how long each answer took
//	probe names HOST:PORT         is a name server
//	probe serve PORT WORD         says WORD to everyone
//	probe socket DOMAIN TYPE      makes a socket, by the numbers of socket(2)
//	probe user                    prints the effective user's ID
//	probe trace PID               attaches to a process, as a debugger does
package main

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"runtime"
	"strconv"
	"syscall"
	"time"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	switch args[0] {
	case "reach":
		conn, err := net.DialTimeout("tcp", args[1], 5*time.Second)
		if err != nil {
			return err
		}
		return conn.Close()
	case "send":
		return send(args[1], args[2])
	case "mark":
		return mark(args[1], args[2])
	case "forge":
		return forge(args[1])
	case "hello":
		return hello(args[1], args[2])
	case "flood":
		return flood(args[1], args[2])
	case "many":
		return many(args[1], args[2])
	case "names":
		_, err := net.ListenPacket("udp", args[1])
		return err
	case "serve":
		return serve(args[1], args[2])
	case "socket":
		return socket(args[1], args[2])
	case "user":
		fmt.Println(os.Geteuid())
		return nil
	case "trace":
		return trace(args[1])
	}
	conn, err := net.DialTimeout("tcp", args[1], 3*time.Second)
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(3 * time.Second)); err != nil {
		return err
	}
	_, err = io.Copy(os.Stdout, conn)
	return err
}

func serve(port, word string) error {
	listener, err := net.Listen("tcp", ":"+port)
	if err != nil {
		return err
	}
	for {
		conn, err := listener.Accept()
		if err != nil {
			return err
		}
		fmt.Fprint(conn, word)
		conn.Close()
	}
}

func socket(domain, kind string) error {
	d, err := strconv.Atoi(domain)
	if err != nil {
		return err
	}
	k, err := strconv.Atoi(kind)
	if err != nil {
		return err
	}
	protocol := 0
	if k == syscall.SOCK_RAW {
		protocol = syscall.IPPROTO_ICMP
	}
	_, err = syscall.Socket(d, k, protocol)
	return err
}

func many(target, number string) error {
	n, err := strconv.Atoi(number)
	if err != nil {
		return err
	}
	failed := make(chan error, n)
	for range n {
		go func() {
			start := time.Now()
			conn, err := net.DialTimeout("tcp", target, 20*time.Second)
			if err == nil {
				var said []byte
				said, err = io.ReadAll(conn)
				conn.Close()
				if len(said) == 0 {
					err = fmt.Errorf("it says nothing: %v", err)
				}
			}
			if err == nil {
				fmt.Println(time.Since(start))
			}
			failed <- err
		}()
	}
	for range n {
		err = errors.Join(err, <-failed)
	}
	return err
}

func mark(target, number string) error {
	n, err := strconv.Atoi(number)
	if err != nil {
		return err
	}
	var markErr error
	dialer := net.Dialer{Timeout: 3 * time.Second, Control: func(_, _ string, c syscall.RawConn) error {
		return c.Control(func(fd uintptr) {
			markErr = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_MARK, n)
		})
	}}
	conn, err := dialer.Dial("tcp", target)
	if err != nil {
		return fmt.Errorf("%w (the mark: %v)", err, markErr)
	}
	return conn.Close()
}

// forge sends UDP from port 53 to port 53.
func forge(host string) error {
	conn, err := net.Dial("ip4:udp", host)
	if err != nil {
		return err
	}
	defer conn.Close()
	query := []byte{0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 'x', 4, 't', 'e', 's', 't', 0, 0, 1, 0, 1}
	header := []byte{0, 53, 0, 53, 0, byte(8 + len(query)), 0, 0} // without a check sum
	for range 2 {
		if _, err := conn.Write(append(header, query...)); err != nil {
			return err
		}
	}
	return nil
}

func hello(target, name string) error {
	conn, err := net.DialTimeout("tcp", target, 3*time.Second)
	if err != nil {
		return err
	}
	defer conn.Close()
	return tls.Client(conn, &tls.Config{ServerName: name}).Handshake()
}

func flood(target, number string) error {
	n, err := strconv.Atoi(number)
	if err != nil {
		return err
	}
	to, err := net.ResolveUDPAddr("udp", target)
	if err != nil {
		return err
	}
	conn, err := net.ListenPacket("udp", "")
	if err != nil {
		return err
	}
	defer conn.Close()
	for i := range n {
		query := append([]byte{0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 8}, fmt.Sprintf("%08d\x05flood\x07example", i)...)
		_, _ = conn.WriteTo(append(query, 0, 0, 1, 0, 1), to) // what the kernel has no room for is not sent
	}
	return nil
}

func trace(pid string) error {
	n, err := strconv.Atoi(pid)
	if err != nil {
		return err
	}
	runtime.LockOSThread()
	return syscall.PtraceAttach(n)
}

// send sends twice: what is refused is told of at the second try.
func send(protocol, target string) error {
	if protocol == "icmp" {
		protocol = "ip4:icmp"
	}
	conn, err := net.Dial(protocol, target)
	if err != nil {
		return err
	}
	defer conn.Close()
	for range 2 {
		if _, err := conn.Write([]byte{8, 0, 0xf7, 0xff, 0, 0, 0, 0}); err != nil { // an echo request
			return err
		}
	}
	return nil
}
