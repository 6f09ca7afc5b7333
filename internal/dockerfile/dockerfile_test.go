package dockerfile_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/benchgate/benchgate/internal/dockerfile"
)

func TestMistakesHavePlaces(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"all that is wrong", "FROM x\nFOO\nCOPY a\nUSER\n", "D:2: unknown instruction: FOO (did you mean FROM?)\n" +
			"D:3: COPY requires at least two arguments, but only one was provided. Destination could not be determined\n" +
			"D:4: USER requires exactly one argument"},
		{"what cannot be split, alone", "FROM x\nENV NAME\nFOO\n", "D:2: ENV must have two arguments"},
		{"a continued line is where it begins", "FROM x\n\nRUN a \\\n  b\nCOPY \\\n a\n", "D:5: COPY requires at least two arguments, but only one was provided. Destination could not be determined"},
		{"no FROM", "RUN x\n", "D: no FROM instruction"},
		{"nothing at all", "# only a comment\n", "D:1: file with no instructions"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := dockerfile.Parse("D", []byte(c.text))
			if diff := cmp.Diff(c.want, fmt.Sprint(err)); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
		})
	}
}

func ExampleFile_Images() {
	f, err := dockerfile.Parse("Dockerfile", []byte(strings.Join([]string{
		"ARG GO=1.26",
		"FROM golang:${GO} AS build",
		"COPY --from=ghcr.io/astral-sh/uv:0.9 /uv /bin/",
		"FROM scratch",
		"COPY --from=build /app /app",
	}, "\n")))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(f.Images(map[string]string{"GO": "1.25"}))
	// Output: [golang:1.25 ghcr.io/astral-sh/uv:0.9] <nil>
}

func FuzzParse(f *testing.F) {
	f.Add("ARG A=1\nFROM x:${A:-2} as y\nCOPY --from=y a b\nRUN --mount=from=z,target=/z <<E\nE\n", "$A'")
	f.Add("# escape=`\nFROM \x00\n", "`")
	f.Fuzz(func(t *testing.T, text, word string) {
		d, err := dockerfile.Parse("D", []byte(text))
		if err != nil {
			for line := range strings.SplitSeq(err.Error(), "\n") {
				if !strings.HasPrefix(line, "D:") && !strings.HasPrefix(line, "and ") {
					t.Errorf("%q names no place", line)
				}
			}
			return
		}
		if _, err := d.Images(nil); err != nil && !strings.HasPrefix(err.Error(), "D:") {
			t.Errorf("%q names no place", err)
		}
		_, _ = d.Expand(word, []string{"A=b"})
	})
}
