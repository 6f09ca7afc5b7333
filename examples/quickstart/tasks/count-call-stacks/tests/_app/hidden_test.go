package stackcount

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func parse(t *testing.T, text string) *Profile {
	t.Helper()
	p, err := Parse(strings.NewReader(text))
	if err != nil {
		t.Fatalf("Parse: %v", err)
	}
	return p
}

func TestTheLastSampleNeedsNoBlankLine(t *testing.T) {
	for _, end := range []string{"", "\n", "\n\n", "\n\n\n"} {
		p := parse(t, "a 1 0.1: cpu-clock\n\tf\n\tmain\n\na 1 0.2: cpu-clock\n\tg\n\tmain"+end)
		if p.Samples != 2 || p.Counts["main;g"] != 1 {
			t.Errorf("with end %q: %d samples, %v", end, p.Samples, p.Counts)
		}
	}
}

func TestCommentsMayStandAnywhere(t *testing.T) {
	p := parse(t, "# captured on a laptop\na 1 0.1: cpu-clock\n\tf\n# lost 3 events\n\tmain\n\n# end\n")
	if p.Samples != 1 || p.Counts["main;f"] != 1 {
		t.Errorf("%d samples, %v; want main;f once", p.Samples, p.Counts)
	}
}

func TestAFrameOutsideASampleNamesItsLine(t *testing.T) {
	_, err := Parse(strings.NewReader("a 1 0.1: cpu-clock\n\tf\n\n\tmain\n"))
	if err == nil || !strings.Contains(err.Error(), "line 4") {
		t.Errorf("error is %v, want one that names line 4", err)
	}
}

func TestASampleWithoutFramesIsNotCounted(t *testing.T) {
	if p := parse(t, "a 1 0.1: cpu-clock\n\na 1 0.2: cpu-clock\n"); p.Samples != 0 || len(p.Counts) != 0 {
		t.Errorf("%d samples, %v; want none", p.Samples, p.Counts)
	}
}

func TestTopOfASmallProfileIsAllOfIt(t *testing.T) {
	p := parse(t, "a 1 0.1: cpu-clock\n\tf\n")
	if got, want := p.Top(10), []Count{{"f", 1}}; !slices.Equal(got, want) {
		t.Errorf("Top(10) = %v, want %v", got, want)
	}
	if got := p.Top(0); len(got) != 0 {
		t.Errorf("Top(0) = %v, want nothing", got)
	}
}

func TestEqualCountsAreInAlphabeticalOrder(t *testing.T) {
	var text strings.Builder
	for i := range 26 {
		fmt.Fprintf(&text, "a 1 0.1: cpu-clock\n\t%c\n\n", 'z'-rune(i))
	}
	p := parse(t, text.String())
	for i, c := range p.Top(26) {
		if want := Stack('a' + rune(i)); c.Stack != want {
			t.Fatalf("place %d is %q, want %q", i+1, c.Stack, want)
		}
	}
}
