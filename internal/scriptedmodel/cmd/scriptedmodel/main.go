// Scriptedmodel serves a script as the Anthropic Messages API.
//
//	scriptedmodel -script task.yaml -key placeholder [-listen 127.0.0.1:0] [-truth served.jsonl]
//
// The first line on standard output is the base URL. GET /truth answers what
// was served so far, as JSON lines; -truth writes the same to a file at the
// end, which is an interrupt.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/benchgate/benchgate/internal/scriptedmodel"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := serve(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if errors.Is(err, flag.ErrHelp) {
		os.Exit(2)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "scriptedmodel:", err)
		os.Exit(1)
	}
}

func serve(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("scriptedmodel", flag.ContinueOnError)
	flags.SetOutput(stderr)
	listen := flags.String("listen", "127.0.0.1:0", "TCP `address` to serve on; port 0 takes any")
	script := flags.String("script", "", "script `file` (YAML), required")
	key := flags.String("key", "", "the API `key` that requests must carry; empty accepts all")
	truth := flags.String("truth", "", "`file` to write the truth to at the end")
	if err := flags.Parse(args); err != nil {
		return flag.ErrHelp
	}
	if *script == "" || flags.NArg() > 0 {
		flags.Usage()
		return flag.ErrHelp
	}
	server, err := load(*script, *key)
	if err != nil {
		return err
	}
	url, stop, err := server.Listen(ctx, *listen)
	if err != nil {
		return err
	}
	fmt.Fprintln(stdout, url)
	<-ctx.Done()
	err = stop()
	if *truth != "" {
		err = errors.Join(err, save(server, *truth))
	}
	return err
}

func load(script, key string) (*scriptedmodel.Server, error) {
	file, err := os.Open(script)
	if err != nil {
		return nil, fmt.Errorf("opening script: %w", err)
	}
	defer file.Close()
	decoded, err := scriptedmodel.Decode(file, script)
	if err != nil {
		return nil, err
	}
	return scriptedmodel.New(decoded, scriptedmodel.Options{Key: key}), nil
}

func save(server *scriptedmodel.Server, name string) error {
	file, err := os.Create(name)
	if err != nil {
		return fmt.Errorf("creating truth file: %w", err)
	}
	return errors.Join(server.WriteTruth(file), file.Close())
}
