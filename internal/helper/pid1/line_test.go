package pid1_test

import (
	"testing"

	"github.com/benchgate/benchgate/internal/helper/pid1"
	"github.com/google/go-cmp/cmp"
)

func TestLines(t *testing.T) {
	for text, want := range map[string]pid1.Line{
		"a stop \"3000\"\n": {ID: "a", Word: pid1.Stop, Args: []string{"3000"}},
		"b ok\n":            {ID: "b", Word: pid1.OK},
		"c empty \"/a b\" \"755\" \"/\\n\\\"\" \"777\"\n": {ID: "c", Word: pid1.Empty, Args: []string{"/a b", "755", "/\n\"", "777"}},
	} {
		got, err := pid1.Parse(text)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%q: %v\n%s", text, err, diff)
		}
		if got := want.String(); got != text {
			t.Errorf("%+v is written %q, want %q", want, got, text)
		}
	}
	for _, text := range []string{"", "\n", "a", "a ", "a  b", " a", "a stop 3000", `a stop "3`, `a stop "3"x`, `a stop "3" `, `a stop "3"  "4"`} {
		if got, err := pid1.Parse(text); err == nil {
			t.Errorf("%q is %+v, want an error", text, got)
		}
	}
}

// What is read is written as it was read, or as a line that is read the same.
func FuzzParse(f *testing.F) {
	f.Add("a stop \"3000\"\n")
	f.Add("a failed \"\\x00\\u2028\"")
	f.Add("a ok 'x' `y`")
	f.Fuzz(func(t *testing.T, text string) {
		first, err := pid1.Parse(text)
		if err != nil {
			return
		}
		again, err := pid1.Parse(first.String())
		if diff := cmp.Diff(first, again); diff != "" || err != nil {
			t.Errorf("%q: %v\n%s", text, err, diff)
		}
	})
}
