package sandbox_test

import (
	"strings"
	"testing"

	"github.com/benchgate/benchgate/internal/sandbox"
)

func TestNamePart(t *testing.T) {
	for word, want := range map[string]string{
		"candidate/task_1/2.1":  "candidate-task_1-2.1",
		"naïve task":            "na-ve-task",
		strings.Repeat("é", 50): strings.Repeat("-", 40),
		"":                      "",
	} {
		if got := sandbox.NamePart(word); got != want {
			t.Errorf("NamePart(%q) = %q, want %q", word, got, want)
		}
	}
}
