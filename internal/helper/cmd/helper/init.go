//go:build linux

package main

import (
	"bufio"
	"os"
	"os/signal"
	"runtime"
	"strconv"
	"sync"
	"time"

	"github.com/benchgate/benchgate/internal/helper/pid1"
	"golang.org/x/sys/unix"
)

// spareThreads is how many threads PID 1 keeps for Go's runtime. When a fork bomb
// holds all processes that the container may have, a new thread cannot be made,
// and the runtime ends a program that cannot make one.
const spareThreads = 4

// runInit is PID 1: it carries out one request after the other, for ever.
//
// Nothing in the container can end, stop, read or change it: the kernel delivers
// to PID 1 no KILL and no STOP from inside, all other signals are ignored, and a
// process that is not dumpable can be traced, and its memory and its open files
// in /proc be reached, only with SYS_PTRACE, which the container does not have.
func runInit() int {
	if err := unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0); err != nil {
		say("closing its memory: " + err.Error())
		return 1
	}
	// That SIGCHLD is ignored, too, makes the kernel reap orphans by itself.
	signal.Ignore()
	unix.Umask(0)
	runtime.GOMAXPROCS(1)
	keepThreads(spareThreads)
	for requests := bufio.NewReaderSize(os.Stdin, 64<<10); ; {
		line, err := requests.ReadString('\n')
		if err != nil {
			// The engine has gone, and may come again. PID 1 must not end.
			time.Sleep(100 * time.Millisecond)
			continue
		}
		request, err := pid1.Parse(line)
		if err != nil {
			continue // the rest of a request whose asker has gone
		}
		_, _ = os.Stdout.WriteString(answer(request).String())
	}
}

// keepThreads makes threads and leaves them to the runtime, which keeps them.
func keepThreads(n int) {
	var made, left sync.WaitGroup
	release := make(chan struct{})
	made.Add(n)
	for range n {
		left.Go(func() {
			runtime.LockOSThread() // so that the next needs another thread
			made.Done()
			<-release
			runtime.UnlockOSThread()
		})
	}
	made.Wait()
	close(release)
	left.Wait()
}

// answer carries a request out.
func answer(request pid1.Line) pid1.Line {
	if request.Word == pid1.List {
		return pid1.Line{ID: request.ID, Word: pid1.OK, Args: listAll(request.Args)}
	}
	err := carryOut(request.Word, request.Args)
	if err != nil {
		return pid1.Line{ID: request.ID, Word: pid1.Failed, Args: []string{err.Error()}}
	}
	return pid1.Line{ID: request.ID, Word: pid1.OK}
}

func carryOut(word string, args []string) error {
	switch {
	case word == pid1.Stop && len(args) == 1:
		grace, err := milliseconds(args[0])
		if err != nil {
			return err
		}
		return stopAll(grace)
	case word == pid1.Tree && len(args) == 2:
		root, err := strconv.Atoi(args[0])
		if err != nil {
			return err
		}
		grace, err := milliseconds(args[1])
		if err != nil {
			return err
		}
		return stopTree(root, grace)
	case word == pid1.Empty && len(args)%2 == 0:
		for i := 0; i < len(args); i += 2 {
			mode, err := strconv.ParseUint(args[i+1], 8, 12)
			if err != nil {
				return err
			}
			if err := makeEmpty(args[i], uint32(mode)); err != nil {
				return err
			}
		}
		return nil
	}
	return errUnknown
}

func milliseconds(text string) (time.Duration, error) {
	n, err := strconv.ParseInt(text, 10, 32)
	return time.Duration(n) * time.Millisecond, err
}
