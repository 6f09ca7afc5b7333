package pullrequest

import (
	"slices"
	"strings"
	"testing"
)

func TestMarkersComeBack(t *testing.T) {
	key := Key{"w.yml", "gate", "coding", ""}.hash()
	for _, want := range []marker{
		{key, measured, Build{19_123_456_789, 2}, "not_measured", "", "", ""},
		{key, measured, Build{1, 0}, "pass", "0123456789abcdef", "", ""},
		{key, measured, Build{1, 0}, "running", "0123456789abcdef", newer, newer},
		{key, measured, Build{1, 0}, "running", "", newer, ""},
	} {
		for _, body := range []string{"%", "### Pass\n\n%\n", "text\r\n%\r\n", "text\n%   \n\n"} {
			if got, found := readMarker(strings.ReplaceAll(body, "%", want.String())); !found || got != want {
				t.Errorf("%q: %+v, %v", body, got, found)
			}
		}
	}
}

func TestEachKeyHasItsOwnHash(t *testing.T) {
	keys := []Key{{}, {Workflow: "a"}, {Job: "a"}, {Suite: "a"}, {Name: "a"}, {Workflow: "a", Job: "b"}, {Workflow: "ab"}, {Workflow: "1:a"}}
	var hashes []string
	for _, k := range keys {
		hashes = append(hashes, k.hash())
	}
	slices.Sort(hashes)
	if len(slices.Compact(hashes)) != len(keys) {
		t.Errorf("some of %v have the same hash", keys)
	}
}

func TestBuildsAreNumbersWithAttempts(t *testing.T) {
	for text, want := range map[string]Build{"7": {7, 0}, "19123456789.2": {19_123_456_789, 2}, "0.0": {}} {
		if got, err := ParseBuild(text); err != nil || got != want {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "-1", "1.", ".1", "1.2.3", "1e9", "#7", "1234567890123456789", " 7"} {
		if got, err := ParseBuild(text); err == nil {
			t.Errorf("%q is read as %v", text, got)
		}
	}
	order := []Build{{1, 0}, {1, 2}, {2, 1}, {10, 0}}
	if !slices.IsSortedFunc(order, Build.compare) {
		t.Errorf("%v is not in order", order)
	}
}

func FuzzReadMarker(f *testing.F) {
	f.Add(marker{Key{}.hash(), measured, Build{1, 1}, "pass", "0123456789abcdef", newer, measured}.String())
	f.Add("text\n<!-- benchgate:comment/v1 key= head= run= state= -->")
	f.Fuzz(func(t *testing.T, body string) {
		m, found := readMarker(body)
		if !found {
			return
		}
		if again, found := readMarker(m.String()); !found || again != m {
			t.Errorf("%q is read as %+v, whose own line is read as %+v", body, m, again)
		}
		if !strings.HasPrefix(strings.TrimRight(body, " \t\r\n")[strings.LastIndexByte(strings.TrimRight(body, " \t\r\n"), '\n')+1:], "<!-- benchgate:comment/v1 ") {
			t.Errorf("%q ends with another line", body)
		}
	})
}
