package problem_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/benchgate/benchgate/internal/problem"
	"github.com/google/go-cmp/cmp"
)

// document is like the documents of ours.
type document struct {
	Name  string             `json:"name"`
	Count int                `json:"count"`
	Size  uint8              `json:"size"`
	Price *float64           `json:"price"`
	At    time.Time          `json:"at"`
	Tags  []string           `json:"tags"`
	Rates map[string]float64 `json:"rates"`
	Parts []struct {
		ID   string `json:"id"`
		Good bool   `json:"good"`
	} `json:"parts"`
	Any any `json:"any"`
}

func TestEveryMistakeOfAJSONFileHasItsPlace(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		strict     bool
		want       []string
	}{
		{"a good one", `{"name": "ä", "Count": 3, "price": null, "at": "2026-11-23T03:00:00Z", "any": [1, {}]}`, true, nil},
		{"an unknown key where the format is strict", "{\n  \"name\": \"ä\", \"colour\": 1}", true, []string{`f:2:16: unknown key "colour"`}},
		{"an unknown key where it is not", `{"colour": 1}`, false, nil},
		{"a key twice", "{\"name\": \"a\",\n\"name\": \"b\"}", true, []string{`f:2:1: key "name" is there twice, first on line 1`}},
		{"every wrong type at once, by its path", "{\"name\": 7, \"count\": \"日本\", \"size\": -1,\r\n\"price\": \"1\", \"at\": \"noon\",\n\"tags\": [\"a\", {}], \"rates\": {\"x.y\": true}, \"parts\": [{\"id\": \"a\"}, {\"good\": 1, \"mood\": 2}]}", true, []string{
			`f:1:10: name is 7, want a text`,
			`f:1:22: count is "日本", want a whole number`,
			`f:1:36: size is -1, want a whole number of 0 or more`,
			`f:2:10: price is "1", want a number`,
			`f:2:21: at: parsing time "noon"`,
			`f:3:15: tags[1] is an object, want a text`,
			`f:3:37: rates.x.y is true, want a number`,
			`f:3:76: parts[1].good is 1, want true or false`,
			`f:3:79: unknown key "mood" in parts[1]`,
		}},
		{"another document", `[1]`, false, []string{`f:1:1: the document is a list, want an object`}},
		{"a number that is too large", `{"count": 1e99}`, false, []string{`f:1:11: count is 1e99, want a whole number`}},
		{"nothing", " \n", false, []string{`f:1:1: there is nothing here, want JSON`}},
		{"half a file", "{\"name\": \"a\",\n  \"ta", false, []string{`f:2:6: broken JSON: it ends too early`}},
		{"a text without its end", "{\"name\": \"ä\n, \"count\": 1}", false, []string{`f:1:12: broken JSON: a text has no closing quote on its line`}},
		{"a comma too many", "{\"name\": \"ä\",}", false, []string{`f:1:14: broken JSON: invalid character '}'`}},
		{"a conflict left by git", "{\n<<<<<<< HEAD\n", false, []string{`f:2:1: broken JSON: invalid character '<'`}},
		{"two documents", "{}\n{}", false, []string{`f:2:1: broken JSON: something follows the end of the document`}},
		{"a byte order mark", "\ufeff{}", false, []string{`f:1:1: the file begins with a byte order mark`}},
		{"nesting that would exhaust the stack", strings.Repeat("[", 20_000), false, []string{`nested too deeply`}},
		{"nesting beyond any file of ours", strings.Repeat("[", 200) + strings.Repeat("]", 200), false, []string{`nested too deeply`}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var l problem.List
			var d document
			problem.NewSource("f", []byte(tt.text)).DecodeJSON(&d, tt.strict, &l)
			all := l.All()
			for i := range max(len(all), len(tt.want)) {
				if i >= len(all) || i >= len(tt.want) || !strings.Contains(all[i].Error(), tt.want[i]) {
					t.Fatalf("problems are\n%s\nwant\n%s", l.Error(), strings.Join(tt.want, "\n"))
				}
			}
		})
	}
}

func TestFindLeadsToTheNearestValue(t *testing.T) {
	root, wrong := problem.NewSource("f", []byte(`{"a": {"b.c": [1, {"d": 2}]}}`)).ParseJSON()
	if wrong != nil {
		t.Fatal(wrong)
	}
	for path, want := range map[string]int{"": 0, "x": 0, "a": 6, "a.b.c": 14, "a.b.c[1].d": 24, "a.b.c[9].d": 14, "a.bx": 6} {
		if got := root.Find(path).Offset; got != want {
			t.Errorf("%q is at %d, want %d", path, got, want)
		}
	}
}

// The checker and encoding/json agree on what fits; what does not fit has a
// place in the text, whatever the bytes.
func FuzzDecodeJSON(f *testing.F) {
	f.Add([]byte(`{"name": 7, "parts": [{"good": 1}], "at": "x", "rates": {"a": {}}}`))
	f.Add([]byte("{\"Name\": \"\\ud800\", \"size\": 300}\n{}"))
	f.Fuzz(func(t *testing.T, text []byte) {
		var l problem.List
		var got, want document
		problem.NewSource("f", text).DecodeJSON(&got, false, &l)
		err := json.Unmarshal(text, &want)
		if strings.Contains(l.Error(), "nested too deeply") {
			return
		}
		if (err == nil) != (l.Len() == 0) {
			t.Fatalf("encoding/json says %v; the list says\n%s", err, l.Error())
		}
		if diff := cmp.Diff(want, got); err == nil && diff != "" {
			t.Error(diff)
		}
		lines := strings.Count(string(text), "\n") + 1
		for _, p := range l.All() {
			if p.Line > lines || p.Line == 0 && !strings.HasPrefix(p.Message, "and ") {
				t.Errorf("impossible place: %v", p)
			}
			if strings.Count(p.Text(), "\n") > 2 {
				t.Errorf("a message of several lines: %q", p.Text())
			}
		}
	})
}
