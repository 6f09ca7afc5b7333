package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/gate"
	"github.com/benchgate/benchgate/internal/report"
	"github.com/benchgate/benchgate/internal/run"
)

const reportHelp = `
Usage: benchgate report [--format F] RUN...
       benchgate report [--format F] [--full] VERDICT

Prints any number of runs side by side, one row a metric, then one row a task;
or a verdict (verdict.json) again in any format. A run's directory stands for its
verdict; for its run files where it has none, or beside other runs. It decides
nothing and exits with 0.
`

func reportVerb(_ context.Context, p *program, args []string) error {
	var out output
	fs := p.flags("report", reportHelp)
	out.register(fs)
	files, err := parse(fs, args)
	if err != nil {
		return err
	}
	format, err := report.ParseFormat(out.format)
	if err != nil {
		return usagef("%v", err)
	}
	if len(files) == 0 {
		return usagef("report needs run files or a verdict document; run \"benchgate report -h\"")
	}
	if files, err = insideDirs(files); err != nil {
		return err
	}
	if len(files) == 1 {
		v, isVerdict, err := readVerdict(files[0])
		if err != nil {
			return err
		}
		if isVerdict {
			return report.Verdict(p.Stdout, v, format, ofRun(p.reportOptions(out), settings{}, filepath.Dir(files[0])))
		}
	}
	runs, err := readRuns(files)
	if err != nil {
		return err
	}
	return report.Runs(p.Stdout, runs, format, p.reportOptions(out))
}

// insideDirs puts the files that are meant in the place of each directory.
func insideDirs(names []string) ([]string, error) {
	var files []string
	for _, name := range names {
		if !isDir(name) {
			files = append(files, name)
			continue
		}
		if verdict := run.VerdictIn(name); len(names) == 1 {
			if _, err := os.Stat(verdict); err == nil {
				return []string{verdict}, nil
			}
		}
		runs, err := runsIn(name)
		if err != nil {
			return nil, err
		}
		for _, arm := range []baselines.Arm{baselines.Baseline, baselines.Candidate} {
			if file, there := runs[arm]; there {
				files = append(files, file)
			}
		}
	}
	return files, nil
}

// readVerdict reads a file when it is a verdict document.
func readVerdict(file string) (v gate.Verdict, isVerdict bool, err error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return v, false, fmt.Errorf("reading report: %w", err)
	}
	var probe struct {
		Schema string `json:"schema"`
	}
	_ = json.NewDecoder(bytes.NewReader(text)).Decode(&probe) // what is no JSON has no schema
	// A verdict that is cut off is broken JSON: its first lines say what it was.
	begins := bytes.Contains(text[:min(len(text), 200)], []byte(`"`+gate.SchemaV1+`"`))
	if probe.Schema != gate.SchemaV1 && !begins {
		return v, false, nil
	}
	v, err = report.Decode(bytes.NewReader(text), file)
	return v, true, err
}

func readRuns(files []string) ([]*baselines.Run, error) {
	var runs []*baselines.Run
	for _, f := range files {
		r, err := baselines.ReadFile(f)
		if err != nil {
			return nil, err
		}
		runs = append(runs, r)
	}
	return runs, nil
}
