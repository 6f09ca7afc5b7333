package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/benchgate/benchgate/internal/dashboard"
	"github.com/benchgate/benchgate/internal/plain"
	"github.com/benchgate/benchgate/internal/wholefile"
)

const dashboardHelp = `
Usage: benchgate dashboard signoz|grafana [-o FILE]
       benchgate dashboard signoz|grafana --check FILE

Writes a dashboard to import: for SigNoz (schema v6), or for Grafana over a Prometheus
that takes OTLP. It shows what benchgate's telemetry.forward sends on: cost per solved
task, tokens, cache, requests, tools, errors, verdicts. docs/dashboards.md lists the
panels, and what Prometheus has to be told.

--check reads a dashboard, such as one that you changed, for what the servers take and
then show as empty panels: filters that cannot be read, variables that are not defined
or change nothing, panels that are missing or lie over each other, metrics that nobody
sends.
`

// dashboards are the systems that dashboards are for.
var dashboards = map[string]struct {
	write func() []byte
	lint  func(file string, text []byte) error
}{
	"signoz":  {dashboard.SigNoz, dashboard.LintSigNoz},
	"grafana": {dashboard.Grafana, dashboard.LintGrafana},
}

// maxDashboard is more than any dashboard has, in bytes.
const maxDashboard = 16 << 20

func dashboardVerb(_ context.Context, p *program, args []string) error {
	fs := p.flags("dashboard", dashboardHelp)
	out := fs.String("o", "", "write it to this `file` instead of standard output")
	check := fs.String("check", "", "look for mistakes in this `file`, and write no dashboard")
	rest, err := parse(fs, args)
	if err != nil {
		return err
	}
	if len(rest) != 1 {
		return usagef("dashboard needs one of signoz and grafana; run \"benchgate dashboard -h\"")
	}
	d, known := dashboards[rest[0]]
	switch {
	case !known:
		return usagef("there is no dashboard for %q, want signoz or grafana", plain.Line(rest[0], lineLimit))
	case *check != "" && *out != "":
		return usagef("--check writes no dashboard: leave -o out")
	case *check != "":
		return p.checkDashboard(*check, d.lint)
	case *out != "":
		err := wholefile.Write(*out, func(w io.Writer) error {
			_, err := w.Write(d.write())
			return err
		})
		if err != nil {
			return fmt.Errorf("writing the dashboard: %w", err)
		}
		p.note("written to " + *out)
		return nil
	}
	_, err = p.Stdout.Write(d.write())
	return err
}

func (p *program) checkDashboard(file string, lint func(string, []byte) error) error {
	f, err := os.Open(file)
	if err != nil {
		return usagef("reading the dashboard: %v", err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxDashboard+1))
	if err != nil {
		return usagef("reading the dashboard: %v", err)
	}
	if len(text) > maxDashboard {
		return usagef("%s is larger than %d MiB: this is no dashboard", plain.Line(file, lineLimit), maxDashboard>>20)
	}
	if err := lint(file, text); err != nil {
		return err
	}
	fmt.Fprintf(p.Stdout, "%s: no mistakes found\n", plain.Line(file, lineLimit))
	return nil
}
