package problem_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/benchgate/benchgate/internal/problem"
	"github.com/google/go-cmp/cmp"
)

func TestAProblemBeginsWithItsPlace(t *testing.T) {
	for _, tt := range []struct {
		in   problem.Problem
		want string
	}{
		{problem.Problem{File: "a.yaml", Line: 3, Column: 7, Message: "m"}, "a.yaml:3:7: m"},
		{problem.Problem{File: "a.yaml", Line: 3, Message: "m"}, "a.yaml:3: m"},
		{problem.Problem{File: "a.yaml", Message: "m", Hint: "h"}, "a.yaml: m; h"},
		{problem.Problem{Line: 3, Column: 7, Message: "m"}, "line 3, column 7: m"},
		{problem.Problem{Line: 3, Message: "m"}, "line 3: m"},
		{problem.Problem{Message: "m"}, "m"},
		{problem.Problem{File: "a\n.yaml", Message: "\x1b[31mred\u202e\r\n::error::x"}, "a?.yaml: ?[31mred???::error::x"},
	} {
		if got := tt.in.Error(); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
}

func TestPlacesCountCharacters(t *testing.T) {
	for _, tt := range []struct {
		name, text   string // the place of its first '^' is asked for
		line, column int
	}{
		{"the first byte", "^", 1, 1},
		{"a second line", "a\nbc^", 2, 3},
		{"letters of two and four bytes", "äß\n日本🎉^", 2, 4},
		{"Windows line ends", "a\r\nbc\r\nd^", 3, 2},
		{"a byte order mark, which no editor shows", "\ufeffab^", 1, 3},
		{"a byte order mark is one character in later lines", "\ufeffa\n\ufeffb^", 2, 3},
		{"a tab is one character", "\t\ta^", 1, 4},
		{"bytes that are no UTF-8 are one each", "a\xff\xfe^", 1, 4},
		{"an empty line", "\n\n^", 3, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			before, _, _ := strings.Cut(tt.text, "^")
			s := problem.NewSource("f", []byte(tt.text))
			if line, column := s.Place(len(before)); line != tt.line || column != tt.column {
				t.Errorf("place %d:%d, want %d:%d", line, column, tt.line, tt.column)
			}
			start := strings.LastIndexByte(before, '\n') + 1
			if column := s.Characters(tt.line, len(before)-start+1); column != tt.column {
				t.Errorf("column %d from a column in bytes, want %d", column, tt.column)
			}
		})
	}
	s := problem.NewSource("f", []byte("ab\ncd"))
	for offset, want := range map[int][2]int{-5: {1, 1}, 99: {2, 3}} {
		if line, column := s.Place(offset); [2]int{line, column} != want {
			t.Errorf("offset %d outside the text is at %d:%d, want %v", offset, line, column, want)
		}
	}
	if line, column := problem.NewLine("f", 7, []byte("äb")).Place(2); line != 7 || column != 2 {
		t.Errorf("place in line 7 is %d:%d", line, column)
	}
}

func TestPlacesDoNotDependOnWhatWasAskedBefore(t *testing.T) {
	text := []byte("\ufeffaä\r\n日本🎉\xff\x80b\n\n\tc")
	s := problem.NewSource("f", text)
	for _, step := range []int{1, 3, 7, 11} { // 11 and the length have no common divisor: offsets go up and down
		for i := range 2 * len(text) {
			offset := i * step % (len(text) + 1)
			line, column := s.Place(offset)
			wantLine, wantColumn := problem.NewSource("f", text).Place(offset)
			if line != wantLine || column != wantColumn {
				t.Errorf("offset %d is at %d:%d, want %d:%d", offset, line, column, wantLine, wantColumn)
			}
		}
	}
}

func TestASnippetMarksTheWord(t *testing.T) {
	long := strings.Repeat("x", 300)
	for _, tt := range []struct {
		name, text   string
		line, column int
		want         string
	}{
		{"a word", "limits: {attempts: 0, usd: -3}", 1, 28, " 1 | limits: {attempts: 0, usd: -3}\n   |                            ^~"},
		{"a quoted text", "a: \"b c\" d", 1, 4, " 1 | a: \"b c\" d\n   |    ^~~~~"},
		{"behind letters of several bytes", "日本: x", 1, 5, " 1 | 日本: x\n   |     ^"},
		{"tabs keep the mark below its word", "\ta:\tb", 1, 5, " 1 |  a: b\n   |     ^"},
		{"the end of a line", "a:\r\n", 1, 3, " 1 | a:\n   |   ^"},
		{"the end of the file", "{\n", 2, 1, " 2 | \n   | ^"},
		{"the middle of a long line", long + " here " + long, 1, 302, " 1 | ..." + long[:49] + " here " + long[:42] + "...\n   | " + strings.Repeat(" ", 53) + "^~~~"},
		{"the start of a long line", "a " + long, 1, 1, " 1 | a " + long[:98] + "...\n   | ^"},
		{"what a terminal would obey", "a\x1b[31m\u202e\x00: b", 1, 11, " 1 | a?[31m??: b\n   |           ^"},
		{"a column behind the line", "ab", 1, 50, " 1 | ab\n   |   ^"},
		{"no column", "ab", 1, 0, ""},
		{"no such line", "ab", 2, 1, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := problem.NewSource("f", []byte(tt.text)).Snippet(tt.line, tt.column)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("snippet (-want +got):\n%s", diff)
			}
		})
	}
}

// Whatever a file of ours may hold by mistake, no message and no snippet
// repeats it.
func TestNoSnippetRepeatsASecret(t *testing.T) {
	for _, tt := range []struct{ name, text, secret string }{
		{"an API key", `{"a": "sk-ant-api03-AbCdEfGhIjKlMnOpQrSt", "b": 1}`, "AbCdEfGh"},
		{"a token in a URL", `git = "https://me:hunter2@git.example/x"`, "hunter2"},
		{"a password by its name", `environment: {DB_PASSWORD: "hunter2", x: 1}`, "hunter2"},
		{"a token by its name, in JSON", `{"api_key": "hunter2", "x": 1}`, "hunter2"},
		{"a private key on one line", `{"k": "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----"}`, "MIIEow"},
		{"a secret that is cut", strings.Repeat("x", 90) + " ghp_abcdefghijklmnopqrstuvwxyz0123456789", "ghp_"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for column := 1; column <= len(tt.text); column += 7 {
				p := problem.NewSource("f", []byte(tt.text)).AtPlace(1, column, "wrong")
				if strings.Contains(p.Text(), tt.secret) {
					t.Fatalf("the secret is repeated:\n%s", p.Text())
				}
			}
		})
	}

	key := problem.NewSource("f", []byte("a: 1\nkey: |\n  -----BEGIN PRIVATE KEY-----\n  MIIEvQ\n  -----END PRIVATE KEY-----\nb: 2\n"))
	if got := key.Snippet(4, 3); strings.Contains(got, "MIIEvQ") {
		t.Errorf("a line of a private key is repeated:\n%s", got)
	}
	if got := key.Snippet(6, 1); !strings.Contains(got, "b: 2") {
		t.Errorf("a line below the key is hidden:\n%s", got)
	}

	hidden := problem.NewSource("f", []byte("x: plainsecret\ny: plainsecret, z\n"))
	hidden.Hide(1, 4, "plainsecret")
	p := hidden.AtPlace(2, 17, "is %q, which is wrong", "plainsecret")
	if strings.Contains(p.Text(), "plainsecret") || strings.Contains(hidden.Snippet(1, 1), "plain") {
		t.Errorf("a secret that was hidden is repeated:\n%s\n%s", p.Text(), hidden.Snippet(1, 1))
	}
}

func TestAListIsSorted(t *testing.T) {
	var l problem.List
	if l.Err() != nil {
		t.Error("an empty list is an error")
	}
	for _, p := range []problem.Problem{
		{File: "b", Line: 1, Column: 1, Message: "x"},
		{File: "a", Line: 2, Column: 1, Message: "y"},
		{File: "a", Line: 1, Column: 9, Message: "z"},
		{File: "a", Line: 1, Column: 9, Message: "second of its place"},
		{File: "a", Message: "w"},
	} {
		l.Add(&p)
	}
	want := "a: w\na:1:9: z\na:1:9: second of its place\na:2:1: y\nb:1:1: x"
	if got := l.Err().Error(); got != want {
		t.Errorf("got\n%s", got)
	}
	if p, ok := errors.AsType[*problem.Problem](fmt.Errorf("reading: %w", l.Err())); !ok || p.Message != "w" {
		t.Error("no problem is to be had from the error")
	}
}

func TestAListTellsTwentyOfEachFileAndCountsTheRest(t *testing.T) {
	var l problem.List
	for line := 500; line > 0; line-- {
		l.Add(&problem.Problem{File: "long", Line: line, Message: "x"})
	}
	l.Add(&problem.Problem{File: "short", Line: 1, Message: "y"})
	lines := strings.Split(l.Error(), "\n")
	if len(lines) != 22 || lines[0] != "long:1: x" || lines[19] != "long:20: x" || lines[20] != "long: and 480 more" || lines[21] != "short:1: y" {
		t.Errorf("got %d lines:\n%s", len(lines), l.Error())
	}
	if l.Len() != 501 {
		t.Errorf("%d problems, want 501", l.Len())
	}
}

func TestSplitTellsEachProblemByItself(t *testing.T) {
	var l problem.List
	l.Add(&problem.Problem{File: "a", Message: "one"})
	l.Add(&problem.Problem{File: "a", Line: 2, Message: "two"})
	joined := errors.Join(
		fmt.Errorf("loading baseline: %w", l.Err()),
		errors.Join(errors.New("plain"), io.EOF),
		fmt.Errorf("listing: %w", fmt.Errorf("loading: %w", &problem.Problem{File: "b", Message: "three"})),
	)
	var got []string
	for _, err := range problem.Split(joined) {
		got = append(got, err.Error())
	}
	if diff := cmp.Diff([]string{"a: one", "a:2: two", "plain\nEOF", "b: three"}, got); diff != "" {
		t.Errorf("parts (-want +got):\n%s", diff)
	}
	if problem.Split(nil) != nil {
		t.Error("nothing has parts")
	}
}

// Whatever a file holds, a snippet is two short lines of printable characters.
func FuzzSnippet(f *testing.F) {
	f.Add([]byte("a: \"b\n\tc: \x1b[31m\r\n"), 2, 4)
	f.Add([]byte("\ufeff日本: "+strings.Repeat("x", 200)), 1, 150)
	f.Fuzz(func(t *testing.T, text []byte, line, column int) {
		snippet := problem.NewSource("f", text).Snippet(line, column)
		if snippet == "" {
			return
		}
		lines := strings.Split(snippet, "\n")
		if len(lines) != 2 || utf8.RuneCountInString(lines[0]) > 130 || !strings.Contains(lines[1], "^") {
			t.Errorf("snippet\n%s", snippet)
		}
		for _, r := range strings.Join(lines, "") {
			if !unicode.IsPrint(r) {
				t.Errorf("character %U in\n%q", r, snippet)
			}
		}
	})
}

// BenchmarkMistakes decodes two files of 1 MiB that are wrong from one end to
// the other, one of them a single line.
func BenchmarkMistakes(b *testing.B) {
	for name, separator := range map[string]string{"one line": "", "many lines": "\n"} {
		text := []byte("{" + strings.Repeat(`"ä": 1, `+separator, 1<<20/9) + `"z": 1}`)
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				var l problem.List
				var into struct{}
				problem.NewSource("f", text).DecodeJSON(&into, true, &l)
				if l.Len() < 100_000 || l.Text() == "" {
					b.Fatalf("%d mistakes", l.Len())
				}
			}
		})
	}
}
