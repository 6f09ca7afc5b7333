//go:build linux

package main

import (
	"bufio"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"
)

// inDir runs a script in a new directory and returns the directory.
func inDir(t *testing.T, script string) string {
	t.Helper()
	cmd := exec.Command("sh", "-c", script)
	cmd.Dir = t.TempDir()
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", script, err, out)
	}
	return cmd.Dir
}

func TestParseStat(t *testing.T) {
	p, ok := parseStat("42 (a) R 7) S 1 42 42 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 98765 1000 1")
	if want := (process{parent: 1, started: "98765"}); !ok || p != want {
		t.Errorf("= %+v, %t, want %+v", p, ok, want)
	}
	for _, stat := range []string{"", "42 (a) S 1", "42 (a"} {
		if p, ok := parseStat(stat); ok {
			t.Errorf("%q = %+v", stat, p)
		}
	}
}

// A process is ended with all that it started, also what ignores TERM, what was
// stopped, and what a child started whose end TERM was. Who is not its descendant
// lives on.
func TestStopTree(t *testing.T) {
	script := `
		sh -c 'trap "" TERM; sleep 1000 & echo $! $$; wait; while :; do sleep 1000; done' &
		sh -c 'sh -c "trap \"\" TERM; echo \$\$; while :; do sleep 1000; done" & wait' &
		sleep 1000 & kill -STOP $!; echo $!
		wait`
	root := exec.Command("sh", "-c", script)
	out, err := root.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	beside := exec.Command("sleep", "1000")
	for _, cmd := range []*exec.Cmd{root, beside} {
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
	}
	var numbers []string
	for lines := bufio.NewScanner(out); len(numbers) < 4 && lines.Scan(); {
		numbers = append(numbers, strings.Fields(lines.Text())...)
	}
	ended := make(chan error, 1)
	go func() { ended <- root.Wait() }()
	if err := stopTree(root.Process.Pid, 200*time.Millisecond); err != nil {
		t.Fatal(err)
	}
	<-ended
	for _, n := range numbers {
		stat, err := os.ReadFile("/proc/" + n + "/stat")
		if p, ok := parseStat(string(stat)); err == nil && ok && !p.zombie {
			t.Errorf("process %s lives on: %s", n, stat)
		}
	}
	if stat, err := os.ReadFile("/proc/" + strconv.Itoa(beside.Process.Pid) + "/stat"); err != nil || !strings.Contains(string(stat), ") S") {
		t.Errorf("its neighbour does not sleep: %s, %v", stat, err)
	}
	_ = beside.Process.Kill()
	_ = beside.Wait()
	if err := stopTree(root.Process.Pid, time.Second); err != nil {
		t.Errorf("one that has ended: %v", err)
	}
}
