package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/benchgate/benchgate/internal/report"
	"github.com/benchgate/benchgate/internal/run"
)

// measureAlone measures one variant, reports it, and says how to keep it.
func (p *program) measureAlone(ctx context.Context, o run.Options, show *trialProgress, s settings, format report.Format) error {
	if format == report.FormatJUnit {
		return usagef("--format junit is for verdicts; one variant that is measured alone has text, json and markdown")
	}
	measured, err := run.Alone(ctx, o)
	show.close()
	if err != nil {
		return err
	}
	fmt.Fprintf(p.Stderr, "files of this run: %s\n", measured.Dir)
	first := measured.First()
	first.Save = saveCommand(s, measured.Dir)
	if err := report.WriteFirst(p.Stdout, first, format, p.reportOptions(output{})); err != nil {
		return err
	}
	if format == report.FormatJSON { // a document for programs; people read the other stream
		fmt.Fprintln(p.Stderr, first.Headline())
		for _, line := range first.Next() {
			fmt.Fprintln(p.Stderr, line)
		}
	}
	if n := len(measured.Missing); n > 0 {
		return silent{notMeasured(fmt.Errorf("%d attempts are missing", n))}
	}
	return nil
}

// saveCommand is what stores a run where the gates of the same configuration look
// for baselines.
func saveCommand(s settings, dir string) string {
	words := []string{"benchgate baseline save"}
	switch {
	case s.flags.Baselines != "":
		words = append(words, "--baselines", shellWord(s.flags.Baselines))
	case s.file != "" && s.file != defaultConfig:
		words = append(words, "-c", shellWord(s.file))
	}
	return strings.Join(append(words, shellWord(dir)), " ")
}

// shellWord is one word for a POSIX shell.
func shellWord(text string) string {
	plain := !strings.ContainsFunc(text, func(r rune) bool {
		return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("/._-+=:@%", r))
	})
	if plain && text != "" {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}
