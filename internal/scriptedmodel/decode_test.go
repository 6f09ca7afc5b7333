package scriptedmodel_test

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/benchgate/benchgate/internal/scriptedmodel"
)

func TestEveryMistakeOfAScriptIsToldAtOnce(t *testing.T) {
	file, err := os.Open("testdata/mistakes.yaml")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	_, err = scriptedmodel.Decode(file, "s.yaml")
	if err == nil {
		t.Fatal("accepted")
	}
	want := []string{
		"s.yaml:2:5: a conversation has turns or attempts: exactly one of them, and not empty",
		"s.yaml:5:5: a conversation has turns or attempts: exactly one of them, and not empty",
		"s.yaml:8:16: delay is negative",
		"s.yaml:9:21: a tool use needs the tool's name",
		"s.yaml:10:16: usage counts tokens and searches: none can be negative",
		"s.yaml:11:27: status 200 (OK) is no error: want 400 to 599",
		"s.yaml:11:33: an error is exactly one of status, event, drop, silent, reset, hang and cut",
		"s.yaml:11:60: an error is exactly one of status, event, drop, silent, reset, hang and cut",
		"s.yaml:13:16: an attempt needs at least one turn",
	}
	if diff := cmp.Diff(want, strings.Split(err.Error(), "\n")); diff != "" {
		t.Errorf("errors (-want +got):\n%s", diff)
	}
}

func TestAScriptIsStrict(t *testing.T) {
	for name, test := range map[string]struct{ in, want string }{
		"an unknown key":   {"conversations:\n  - matches: x\n", "s.yaml:2:5: "},
		"a key twice":      {"conversations: []\nconversations: []\n", "s.yaml:2:1: "},
		"a wrong type":     {"conversations: 3\n", "s.yaml:1:16: "},
		"two wrong types":  {"conversations: 3\nfallback: 4\n", "s.yaml:2:11: "},
		"no YAML":          {"conversations: [\n", "s.yaml:"},
		"two documents":    {"conversations: []\n---\nconversations: []\n", "s.yaml:"},
		"an input no JSON": {"conversations: [{turns: [{tool_uses: [{name: x, input: {a: .nan}}]}]}]\n", "cannot be written as JSON"},
	} {
		_, err := scriptedmodel.Decode(strings.NewReader(test.in), "s.yaml")
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want an error with %q", name, err, test.want)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, name := range []string{"testdata/story.yaml", "testdata/mistakes.yaml"} {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(b))
	}
	f.Fuzz(func(t *testing.T, in string) {
		script, err := scriptedmodel.Decode(strings.NewReader(in), "s.yaml")
		if err == nil {
			scriptedmodel.New(script, scriptedmodel.Options{})
			return
		}
		if !strings.HasPrefix(err.Error(), "s.yaml:") {
			t.Errorf("error without a position: %v", err)
		}
	})
}
