//go:build linux

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func TestWhateverIsThereBecomesAnEmptyDirectory(t *testing.T) {
	for name, prepare := range map[string]string{
		"nothing":                        "",
		"a file":                         "mkdir -p logs; echo x > logs/verifier",
		"a full directory":               "mkdir -p logs/verifier/a/b; echo x > logs/verifier/a/b/c; chmod 0 logs/verifier/a",
		"a link to a directory":          "mkdir -p logs other; echo x > other/kept; ln -s ../other logs/verifier",
		"links in a directory":           "mkdir -p logs/verifier other; echo x > other/kept; ln -s ../../other logs/verifier/a; ln -s /nowhere logs/verifier/b",
		"a link above it":                "mkdir -p other/verifier; echo x > other/kept; echo x > other/verifier/kept; ln -s other logs",
		"a file above it":                "echo x > logs",
		"a pipe and a socket":            "mkdir -p logs/verifier; mkfifo logs/verifier/p logs/q",
		"a pipe":                         "mkdir -p logs; mkfifo logs/verifier",
		"many files":                     "mkdir -p logs/verifier; cd logs/verifier; i=0; while [ $i -lt 3000 ]; do : > a-rather-long-name-for-a-file-$i; i=$((i+1)); done",
		"a link that points to itself":   "mkdir -p logs; ln -s verifier logs/verifier",
		"names that it would itself use": "mkdir -p logs/.benchgate-removed-0/x logs/verifier; : > logs/.benchgate-removed-1",
	} {
		t.Run(name, func(t *testing.T) {
			dir := inDir(t, prepare)
			for range 2 {
				checkEmpty(t, filepath.Join(dir, "logs/verifier"))
			}
			for _, kept := range []string{"other/kept", "other/verifier/kept"} {
				if strings.Contains(prepare, "> "+kept) {
					if _, err := os.Stat(filepath.Join(dir, kept)); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
}

func TestADeepTreeIsRemoved(t *testing.T) {
	dir := inDir(t, "mkdir -p logs/verifier logs/.benchgate-removed-0/x")
	at, err := unix.Open(filepath.Join(dir, "logs/verifier"), openDir, 0)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 1000 {
		name := fmt.Sprintf("%d", i%2)
		if err := unix.Mkdirat(at, name, 0o700); err != nil {
			t.Fatal(err)
		}
		next, err := unix.Openat(at, name, openDir, 0)
		if err != nil {
			t.Fatal(err)
		}
		unix.Close(at)
		at = next
	}
	unix.Close(at)
	checkEmpty(t, filepath.Join(dir, "logs/verifier"))
	left, err := os.ReadDir(filepath.Join(dir, "logs"))
	if err != nil || len(left) != 1 {
		t.Errorf("beside it are %v, %v", left, err)
	}
}

func checkEmpty(t *testing.T, place string) {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("it makes the directory root's")
	}
	if err := makeEmpty(place, 0o777); err != nil {
		t.Fatal(err)
	}
	info, err := os.Lstat(place)
	if err != nil || !info.IsDir() || info.Mode().Perm() != 0o777 {
		t.Fatalf("it is %v, %v", info, err)
	}
	if left, err := os.ReadDir(place); err != nil || len(left) > 0 {
		t.Errorf("it holds %v, %v", left, err)
	}
}

func TestTheRootIsNotEmptied(t *testing.T) {
	for _, place := range []string{"", "/", "/..", "//"} {
		if err := makeEmpty(place, 0o755); err == nil {
			t.Errorf("%q was emptied", place)
		}
	}
}
