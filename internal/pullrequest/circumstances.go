package pullrequest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/benchgate/benchgate/internal/report"
)

// Circumstances are how a measurement came about, as far as a reader should
// know of it beside the numbers. The zero value is an ordinary one.
type Circumstances struct {
	// Changes are those that the pull request makes to the gate itself, which was
	// judged by the base branch's files.
	Changes []Change `json:"changes,omitempty"`

	Dispatcher string `json:"dispatcher,omitempty"` // the login of who started it by hand; empty: nobody did
	Again      int    `json:"again,omitempty"`      // how often the same was measured before
	Repeats    string `json:"repeats,omitempty"`    // page of the CI run whose verdict this is, as nothing that decides has changed; empty: it was measured now
	Unverified bool   `json:"unverified,omitempty"` // it was reported by a fork's run, over which this repository has no power
}

// Change is a change to what decides: to a file, or to a part of one.
type Change struct {
	File string `json:"file"`           // its path in the repository, or a task's directory
	Part string `json:"part,omitempty"` // the key or section, such as "gate.pass_rate.max_drop"; empty: the whole file
	From string `json:"from,omitempty"` // the part's values; both empty: they are not told
	To   string `json:"to,omitempty"`
}

// mostChanges are named; of more their number is told.
const mostChanges = 8

// warning is a line of Markdown to stand above everything; empty: there is nothing
// to warn of.
func (c Circumstances) warning() string {
	if !c.Unverified {
		return ""
	}
	return "⚠️ Reported by the fork's run, unverified: this repository has not measured it, and the check is neutral whatever it says."
}

// words are lines of Markdown, each a paragraph, to stand below the headline: that
// is what a notification shows.
func (c Circumstances) words(measured string) []string {
	var lines []string
	if len(c.Changes) > 0 {
		lines = append(lines, "⚠️ This pull request changes "+changes(c.Changes)+". Judged by the base branch's files: what it changes in the gate takes effect, and is measured, only after the merge.")
	}
	if c.Dispatcher != "" {
		lines = append(lines, "Measured by "+report.Code(c.Dispatcher)+"'s dispatch of commit `"+short(measured)+"`.")
	}
	if c.Repeats != "" {
		lines = append(lines, "♻️ Nothing that decides has changed: this is the verdict of "+link("an earlier run", c.Repeats)+", and nothing was spent on it again.")
	}
	if c.Again > 0 {
		times := "once"
		if c.Again > 1 {
			times = fmt.Sprintf("%d times", c.Again)
		}
		lines = append(lines, "🔁 Measured "+times+" before with the same candidate, suite and baseline: each measurement has its own chance of a false answer.")
	}
	return lines
}

// changes lists them by file: "`benchgate.yaml` (`gate.margin`: 0.20 → 0.35) and
// `tasks/lru-cache`".
func changes(all []Change) string {
	shown := all[:min(mostChanges, len(all))]
	var files []string
	for _, c := range shown {
		if !slices.Contains(files, c.File) {
			files = append(files, c.File)
		}
	}
	var items []string
	for _, file := range files {
		var parts []string
		for _, c := range shown {
			if c.File == file && c.Part != "" {
				parts = append(parts, c.words())
			}
		}
		item := report.Code(file)
		if len(parts) > 0 {
			item += " (" + strings.Join(parts, ", ") + ")"
		}
		items = append(items, item)
	}
	if rest := len(all) - len(shown); rest > 0 {
		items = append(items, fmt.Sprintf("%d more", rest))
	}
	if n := len(items); n > 1 {
		return strings.Join(items[:n-1], ", ") + " and " + items[n-1]
	}
	return items[0]
}

func (c Change) words() string {
	if c.From == "" && c.To == "" {
		return report.Code(c.Part)
	}
	return report.Code(c.Part) + ": " + valueOf(c.From) + " → " + valueOf(c.To)
}

func valueOf(text string) string {
	if text == "" {
		return "not set"
	}
	return report.Code(text)
}
