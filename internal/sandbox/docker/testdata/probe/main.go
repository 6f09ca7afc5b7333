// Probe says from inside a container what its network is like, in images that
// have no such program.
//
//	probe dial HOST:PORT          prints what the other side says
//	probe serve PORT WORD         says WORD to everyone
package main

import (
	"fmt"
	"io"
	"net"
	"os"
	"time"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if args[0] == "serve" {
		return serve(args[1], args[2])
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
