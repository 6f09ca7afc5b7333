package docker

import (
	"fmt"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/internal/tamper"
)

func TestReadChanges(t *testing.T) {
	for text, want := range map[string]string{
		"null": "", "[]": "",
		`[{"Path":"/a","Kind":0},{"Path":"/b","Kind":1},{"Path":"/c","Kind":2},{"Path":"/d","Kind":9}]`: "/a2 /b1 /c3 ",
		`{"message":"no"}`:          "error",
		`[{"Path":"/a","Kind":1}`:   "/a1 error",
		`[{"Path":"/a","Kind":"x"}`: "error",
		``:                          "error",
	} {
		got := ""
		err := readChanges(strings.NewReader(text), func(c tamper.Change) { got += fmt.Sprintf("%s%d ", c.Path, c.Kind) })
		if err != nil {
			got += "error"
		}
		if got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

func FuzzReadChanges(f *testing.F) {
	f.Add(`[{"Path":"/a","Kind":0}]`)
	f.Fuzz(func(_ *testing.T, text string) {
		_ = readChanges(strings.NewReader(text), func(tamper.Change) {})
	})
}
