// Scriptedmodel serves a script as the Anthropic Messages API.
//
//	scriptedmodel -script task.yaml [-script more.yaml] -key placeholder [-listen 127.0.0.1:0] [-truth served.jsonl]
//
// Conversations and models of several scripts are put together; the rest is the
// last script's that has it.
//
// The first line on standard output is the base URL. GET /truth answers what
// was served so far, as JSON lines; -truth writes the same to a file at the
// end, which is an interrupt.
package main

import (
	"cmp"
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
	var scripts []string
	flags.Func("script", "script `file` (YAML), required; may be repeated", func(name string) error {
		scripts = append(scripts, name)
		return nil
	})
	key := flags.String("key", "", "the API `key` that requests must carry; empty accepts all")
	truth := flags.String("truth", "", "`file` to write the truth to at the end")
	if err := flags.Parse(args); err != nil {
		return flag.ErrHelp
	}
	if len(scripts) == 0 || flags.NArg() > 0 {
		flags.Usage()
		return flag.ErrHelp
	}
	server, err := load(scripts, *key)
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

// load makes one server of all scripts.
func load(scripts []string, key string) (*scriptedmodel.Server, error) {
	var all scriptedmodel.Script
	for _, name := range scripts {
		s, err := read(name)
		if err != nil {
			return nil, err
		}
		all.Conversations = append(all.Conversations, s.Conversations...)
		all.Models = append(all.Models, s.Models...)
		all.Refuse = cmp.Or(s.Refuse, all.Refuse)
		all.CountTokens = cmp.Or(s.CountTokens, all.CountTokens)
		if s.Fallback.Usage != nil || s.Fallback.Text != "" {
			all.Fallback = s.Fallback
		}
	}
	return scriptedmodel.New(all, scriptedmodel.Options{Key: key}), nil
}

func read(script string) (scriptedmodel.Script, error) {
	file, err := os.Open(script)
	if err != nil {
		return scriptedmodel.Script{}, fmt.Errorf("opening script: %w", err)
	}
	defer file.Close()
	return scriptedmodel.Decode(file, script)
}

func save(server *scriptedmodel.Server, name string) error {
	file, err := os.Create(name)
	if err != nil {
		return fmt.Errorf("creating truth file: %w", err)
	}
	return errors.Join(server.WriteTruth(file), file.Close())
}
