package suite

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/benchgate/benchgate/internal/dockerfile"
)

// WarnOfBuilds says what an engine must have to build the suite's images, beyond what
// every engine has; empty: nothing.
func (s *Suite) WarnOfBuilds() string {
	first, others, heredoc := "", 0, ""
	for _, t := range s.Tasks {
		needs, document := t.buildNeeds()
		switch {
		case needs == nil:
			continue
		case first == "":
			first = fmt.Sprintf("%s (line %d, %s)", t.ID, needs.Line, needs.What)
		default:
			others++
		}
		if document != nil && heredoc == "" {
			heredoc = fmt.Sprintf("; the here-document of %s (line %d) needs Docker Engine 23 or newer", t.ID, document.Line)
		}
	}
	if first == "" {
		return ""
	}
	if others > 0 {
		first += fmt.Sprintf(" and of %d more tasks", others)
	}
	return "the Dockerfile of " + first + " needs BuildKit, which Docker Engine has" + heredoc
}

// buildNeeds are nil where the task builds nothing, or what no builder would read.
func (t *Task) buildNeeds() (needs, heredoc *dockerfile.Need) {
	if t.Environment.Context == "" {
		return nil, nil
	}
	file := filepath.Join(t.Environment.Context, filepath.FromSlash(t.Environment.Dockerfile))
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, nil
	}
	parsed, err := dockerfile.Parse(file, text)
	if err != nil {
		return nil, nil
	}
	return parsed.NeedsBuildKit()
}
