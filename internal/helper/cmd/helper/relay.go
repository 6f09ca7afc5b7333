//go:build linux

package main

import (
	"context"
	"io"
	"net"
	"os"

	"github.com/benchgate/benchgate/internal/helper/relay"
)

// runRelay listens at each address and carries connections to benchgate over its
// standard streams, until those end.
func runRelay(addrs []string) int {
	var listeners []net.Listener
	for _, addr := range addrs {
		l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", addr)
		if err != nil {
			say(err.Error())
			return 1
		}
		listeners = append(listeners, l)
	}
	line := struct {
		io.Reader
		io.Writer
		io.Closer
	}{os.Stdin, os.Stdout, os.Stdin}
	if err := relay.Carry(line, listeners); err != nil {
		say(err.Error())
		return 1
	}
	return 0
}
