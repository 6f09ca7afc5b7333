package helper_test

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"debug/elf"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/internal/helper"
)

func TestTheProgramOfEachPlatform(t *testing.T) {
	for arch, machine := range map[string]elf.Machine{"amd64": elf.EM_X86_64, "arm64": elf.EM_AARCH64} {
		p, err := helper.For(arch)
		if err != nil {
			t.Fatal(err)
		}
		var buf bytes.Buffer
		if err := p.WriteTar(&buf); err != nil {
			t.Fatal(err)
		}
		r := tar.NewReader(&buf)
		h, err := r.Next()
		if err != nil || "/"+filepath.Join("benchgate", h.Name) != helper.Path || h.Mode != 0o555 {
			t.Fatalf("%s: the tar has %+v, %v", arch, h, err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		program, err := elf.NewFile(bytes.NewReader(content))
		if err != nil {
			t.Fatal(err)
		}
		static := !slices.ContainsFunc(program.Progs, func(p *elf.Prog) bool { return p.Type == elf.PT_INTERP })
		if program.Machine != machine || !static {
			t.Errorf("%s: the program is for %s, static: %t", arch, program.Machine, static)
		}
		if !strings.HasSuffix(p.Name(), "-linux-"+arch) {
			t.Errorf("it is called %s", p.Name())
		}
	}
	if _, err := helper.For("riscv64"); err == nil || !strings.Contains(err.Error(), "amd64 and arm64") {
		t.Errorf("for another: %v", err)
	}
}

// Who changes the source and forgets .ci/helper learns it here; .ci/helper check
// shows that the programs are what the source gives.
func TestTheProgramsAreOfThisSource(t *testing.T) {
	const sums = "program/source.sum"
	var files []string
	for _, pattern := range []string{"cmd/helper/*.go", "pid1/*.go", "guard/*.go", "relay/*.go"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	var want strings.Builder
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&want, "%x  %s\n", sha256.Sum256(content), file)
	}
	if os.Getenv("BENCHGATE_HELPER_SUMS") == "write" {
		if err := os.WriteFile(sums, []byte(want.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(sums)
	if err != nil || string(got) != want.String() {
		t.Errorf("the committed programs are of another source (%v): run .ci/helper", err)
	}
}
