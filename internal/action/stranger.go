package action

import (
	"archive/zip"
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/gate"
	"github.com/benchgate/benchgate/internal/report"
	"github.com/benchgate/benchgate/internal/run"
)

// maxStranger is the largest file of a stranger that is read, in bytes. A verdict
// document of 500 tasks has about 400,000, and so has a run file of 350 trials.
const maxStranger = 4 << 20

// stranger is what a fork's run measured, as it says.
type stranger struct {
	verdict gate.Verdict
	runs    report.Particulars // without files: they are not here
}

// readStranger takes the verdict out of an artifact that a fork's run made, and the
// attempts as far as their run files are whole. The numbers may be invented; the
// sentences are not even looked at: they are made anew from codes and numbers, as
// for a verdict of our own.
func readStranger(archive io.ReaderAt, size int64) (stranger, error) {
	reader, err := zip.NewReader(archive, size)
	if err != nil {
		return stranger{}, fmt.Errorf("reading the fork's artifact: %w", err)
	}
	found := make(map[string][]*zip.File)
	for _, f := range reader.File {
		dir, name, _ := strings.Cut(f.Name, "/")
		if runName.MatchString(dir) && f.Mode().IsRegular() {
			found[name] = append(found[name], f)
		}
	}
	if verdicts := len(found[run.VerdictIn("")]); verdicts != 1 {
		return stranger{}, fmt.Errorf("reading the fork's artifact: it has %d verdicts of runs, want one", verdicts)
	}
	text, err := strangersFile(found[run.VerdictIn("")][0])
	if err != nil {
		return stranger{}, fmt.Errorf("reading the fork's artifact: %w", err)
	}
	s := stranger{}
	if s.verdict, err = report.Decode(strings.NewReader(text), run.VerdictIn("")); err != nil {
		return stranger{}, fmt.Errorf("reading the fork's artifact: %w", err)
	}
	report.Explain(&s.verdict)
	s.runs.Baseline = strangersRun(found[run.JournalIn("", baselines.Baseline)])
	s.runs.Candidate = strangersRun(found[run.JournalIn("", baselines.Candidate)])
	return s, nil
}

// strangersRun is the only one of these run files; nil where there is not one, or it
// is no run file: what it would tell beyond the verdict is left out.
func strangersRun(files []*zip.File) *baselines.Run {
	if len(files) != 1 {
		return nil
	}
	text, err := strangersFile(files[0])
	if err != nil {
		return nil
	}
	r, err := baselines.Decode(strings.NewReader(text), files[0].Name)
	if err != nil {
		return nil
	}
	return r
}

func strangersFile(f *zip.File) (string, error) {
	file, err := f.Open()
	if err != nil {
		return "", err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxStranger+1))
	if err != nil {
		return "", err
	}
	if len(text) > maxStranger {
		return "", fmt.Errorf("%s is larger than %d MiB", path.Base(f.Name), maxStranger>>20)
	}
	return string(text), nil
}
