package action

import (
	"archive/zip"
	"fmt"
	"io"
	"strings"

	"github.com/benchgate/benchgate/gate"
	"github.com/benchgate/benchgate/internal/report"
)

// maxStranger is the largest verdict document of a stranger that is read, in
// bytes. One of 500 tasks has about 400,000.
const maxStranger = 4 << 20

// strangersVerdict takes the verdict out of an artifact that a fork's run made.
// Its numbers may be invented; its sentences are not even looked at: they are
// made anew from its codes and numbers, as for a verdict of our own.
func strangersVerdict(archive io.ReaderAt, size int64) (gate.Verdict, error) {
	reader, err := zip.NewReader(archive, size)
	if err != nil {
		return gate.Verdict{}, fmt.Errorf("reading the fork's artifact: %w", err)
	}
	var found []*zip.File
	for _, f := range reader.File {
		run, name, _ := strings.Cut(f.Name, "/")
		if runName.MatchString(run) && name == "verdict.json" && f.Mode().IsRegular() {
			found = append(found, f)
		}
	}
	if len(found) != 1 {
		return gate.Verdict{}, fmt.Errorf("reading the fork's artifact: it has %d verdicts of runs, want one", len(found))
	}
	file, err := found[0].Open()
	if err != nil {
		return gate.Verdict{}, fmt.Errorf("reading the fork's artifact: %w", err)
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxStranger+1))
	if err != nil {
		return gate.Verdict{}, fmt.Errorf("reading the fork's artifact: %w", err)
	}
	if len(text) > maxStranger {
		return gate.Verdict{}, fmt.Errorf("reading the fork's artifact: its verdict is larger than %d MiB", maxStranger>>20)
	}
	v, err := report.Decode(strings.NewReader(string(text)), "verdict.json")
	if err != nil {
		return gate.Verdict{}, fmt.Errorf("reading the fork's artifact: %w", err)
	}
	report.Explain(&v)
	return v, nil
}
