// Package helper has the static program that benchgate puts into containers. In
// a trial's container it is PID 1: it ends what an agent left running and clears
// places for the tests, because programs of the image, its shell included, may
// not be what they were once an agent has worked there.
//
// The program is in helper/cmd/helper. It is built by .ci/helper, reproducibly,
// for each platform that the agents have, and committed, so that `go install`
// and builds for other systems have it.
package helper

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"fmt"
	"io"
)

// Dir is where containers have the program, on a read-only volume. It is at the
// root: a directory below another can be moved away with that.
const Dir = "/benchgate"

// Path is the program in a container.
const Path = Dir + "/" + file

const file = "helper"

//go:embed program/*.gz
var programs embed.FS

// Program is the program for Linux on one architecture, ready to be put into
// containers.
type Program struct {
	name   string
	packed []byte
}

// For returns the program for an architecture, as GOARCH calls it: amd64 or
// arm64. There is none for others.
func For(arch string) (Program, error) {
	packed, err := programs.ReadFile("program/linux-" + arch + ".gz")
	if err != nil {
		return Program{}, fmt.Errorf("there is no helper program for linux/%s: benchgate has it for amd64 and arm64", arch)
	}
	return Program{fmt.Sprintf("benchgate-helper-%.6x-linux-%s", sha256.Sum256(packed), arch), packed}, nil
}

// Name is another for each content.
func (p Program) Name() string { return p.name }

// WriteTar writes a tar of what is in Dir.
func (p Program) WriteTar(w io.Writer) error {
	r, err := gzip.NewReader(bytes.NewReader(p.packed))
	if err != nil {
		return fmt.Errorf("unpacking the helper program: %w", err)
	}
	content, err := io.ReadAll(r)
	if err != nil {
		return fmt.Errorf("unpacking the helper program: %w", err)
	}
	out := tar.NewWriter(w)
	if err := out.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: file, Mode: 0o555, Size: int64(len(content))}); err != nil {
		return fmt.Errorf("packing the helper program: %w", err)
	}
	if _, err := out.Write(content); err != nil {
		return fmt.Errorf("packing the helper program: %w", err)
	}
	if err := out.Close(); err != nil {
		return fmt.Errorf("packing the helper program: %w", err)
	}
	return nil
}
