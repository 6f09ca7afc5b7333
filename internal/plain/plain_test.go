package plain_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/benchgate/benchgate/internal/plain"
)

func ExampleLine() {
	fmt.Println(plain.Line("  Step 3/4 : RUN make\n::error::\x1b[2Jall ##[group] of it", 60))
	fmt.Println(plain.Line("a reason that is longer than its place", 20))
	// Output:
	// Step 3/4 : RUN make : :error::�[2Jall ## [group] of it
	// a reason that is lo…
}

// What a terminal or a runner would obey, and how it is written.
var hostile = []struct{ name, text, written string }{
	{"nothing", "", ""},
	{"harmless", "Grüße: 5 # of 7 [x] :: here\n\tindented\n", "Grüße: 5 # of 7 [x] :: here\n\tindented\n"},
	{"a command of the runner", "::error file=a.go::owned\n", ": :error file=a.go::owned\n"},
	{"indented", "    \t::stop-commands::x\n", "    \t: :stop-commands::x\n"},
	{"after other spaces", "\u00a0\u3000::error::x\n", "\u00a0\u3000: :error::x\n"},
	{"on a later line", "a\n::add-mask::x\n", "a\n: :add-mask::x\n"},
	{"after a carriage return", "a\r::error::x\n", "a�::error::x\n"},
	{"of the old kind", "a ##[group]x ###[error]y\n", "a ## [group]x ### [error]y\n"},
	{"lines as Windows ends them", "a\r\n::b\r\n", "a\n: :b\n"},
	{"colours and titles", "\x1b[31mred\x1b]0;title\a\n", "�[31mred�]0;title�\n"},
	{"eight-bit escape", "\u009b2J\n", "�2J\n"},
	{"text direction", "a\u202eb\u2066c\n", "a�b�c\n"},
	{"zero width", "a\u200bb\ufeff\n", "a�b�\n"},
	{"line and paragraph separators", "a\u2028::b\u2029c\n", "a�::b�c\n"},
	{"no UTF-8", "a\xff\xc3(b\n", "a��(b\n"},
	{"colons apart", ": :a\n:\t:b\n:a::b\n", ": :a\n:\t:b\n:a::b\n"},
	{"many colons", "::::\n", ": :::\n"},
	{"a character replaced is one", "\a::x\n", "�::x\n"},
}

func TestWriterBreaksWhatWouldBeObeyed(t *testing.T) {
	for _, test := range hostile {
		t.Run(test.name, func(t *testing.T) {
			if got := through(t, len(test.text)+1, test.text); got != test.written {
				t.Errorf("%q is written as %q, want %q", test.text, got, test.written)
			}
			if got := through(t, 1, test.text); got != test.written {
				t.Errorf("%q is written byte by byte as %q, want %q", test.text, got, test.written)
			}
		})
	}
}

func TestWriterKeepsTheProgramsOwnColours(t *testing.T) {
	const bold, off = "\x1b[1m", "\x1b[0m"
	for size := 1; size < 8; size++ {
		got := through(t, size, bold+"ours"+off+" \x1b[8mtheirs\n", bold, off)
		if want := bold + "ours" + off + " �[8mtheirs\n"; got != want {
			t.Errorf("in pieces of %d: %q, want %q", size, got, want)
		}
	}
}

func TestFlushShowsThatSomethingWasCutOff(t *testing.T) {
	if got := through(t, 9, "half of \xc3"); got != "half of �" {
		t.Errorf("got %q", got)
	}
}

// through writes text in pieces of that many bytes.
func through(t *testing.T, size int, text string, keep ...string) string {
	t.Helper()
	var out bytes.Buffer
	w := plain.NewWriter(&out, keep...)
	for len(text) > 0 {
		n := min(size, len(text))
		if wrote, err := w.Write([]byte(text[:n])); wrote != n || err != nil {
			t.Fatalf("Write = %d, %v, want %d", wrote, err, n)
		}
		text = text[n:]
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// Whatever is written, in whatever pieces: nothing is left that would be obeyed,
// and writing it again changes nothing.
func FuzzWriter(f *testing.F) {
	for _, test := range hostile {
		f.Add(test.text, 3, 20)
	}
	f.Fuzz(func(t *testing.T, text string, size, limit int) {
		size, limit = 1+abs(size)%64, 1+abs(limit)%200
		whole := through(t, len(text)+1, text)
		if pieces := through(t, size, text); pieces != whole {
			t.Fatalf("in pieces %q, whole %q", pieces, whole)
		}
		mustBeCalm(t, whole)
		if again := through(t, len(whole)+1, whole); again != whole {
			t.Fatalf("%q, again %q", whole, again)
		}
		line := plain.Line(text, limit)
		mustBeCalm(t, line)
		if strings.Contains(line, "\n") || utf8.RuneCountInString(line) > limit {
			t.Fatalf("line of at most %d is %q", limit, line)
		}
	})
}

func mustBeCalm(t *testing.T, text string) {
	t.Helper()
	for _, r := range text {
		if r != '\n' && r != '\t' && !plain.Shown(r) || r == utf8.RuneError && !strings.Contains(text, "\uFFFD") {
			t.Fatalf("%q holds %q", text, r)
		}
	}
	for line := range strings.Lines(text) {
		if strings.HasPrefix(strings.TrimSpace(line), "::") || strings.Contains(line, "##[") {
			t.Fatalf("a runner would obey %q", line)
		}
	}
}

func abs(n int) int { return max(n, -(n + 1)) }
