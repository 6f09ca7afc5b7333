package dashboard

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// filterToken is a word, text, number or sign; the last one is empty.
type filterToken struct {
	text string
	at   int // characters before it
	kind byte
}

// The kinds of tokens.
const (
	endToken  = 0
	keyToken  = 'k' // a name, a variable, a bare word
	textToken = 't' // quoted, or a number
	signToken = 's'
	wordToken = 'w' // of the language
	freeToken = 'f' // none of these: text that is searched for
)

var (
	filterWords = []string{"LIKE", "ILIKE", "BETWEEN", "EXISTS", "EXIST", "REGEXP", "CONTAINS", "CONTAIN", "IN", "NOT", "AND", "OR", "HASTOKEN", "HAS", "HASANY", "HASALL", "SEARCH"}
	filterForms = []struct {
		kind byte
		form *regexp.Regexp
	}{
		{textToken, regexp.MustCompile(`^("([^"\\]|\\[\s\S])*"|'([^'\\]|\\[\s\S])*')`)},
		{textToken, regexp.MustCompile(`^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?`)},
		{keyToken, regexp.MustCompile(`^[a-zA-Z$_@{#][a-zA-Z0-9$_@#{}:\-/]*(\.[a-zA-Z$_@{#][a-zA-Z0-9$_@#{}:\-/]*|\[\]|\[\*\]|\.\d+)*`)},
		{signToken, regexp.MustCompile(`^(==|!=|<>|<=|>=|[()\[\],=<>])`)},
		{freeToken, regexp.MustCompile("^[^ \t\r\n=()'\"<>!,\\[\\]]+")},
	}
)

// filterTokens cuts an expression up: the longest form wins, the first of equals.
func filterTokens(expression string) ([]filterToken, error) {
	var tokens []filterToken
	at := 0
	for rest := expression; ; {
		trimmed := strings.TrimLeft(rest, " \t\r\n")
		at += len(rest) - len(trimmed) // each is one character
		rest = trimmed
		if rest == "" {
			return append(tokens, filterToken{at: at}), nil
		}
		t := filterToken{at: at}
		for _, f := range filterForms {
			if found := f.form.FindString(rest); len(found) > len(t.text) {
				t.text, t.kind = found, f.kind
			}
		}
		if t.text == "" {
			return nil, fmt.Errorf("character %d, %q: a quote without its end, or a sign of no use here", at+1, firstOf(rest))
		}
		rest, at = rest[len(t.text):], at+len([]rune(t.text))
		if t.kind == keyToken && slices.Contains(filterWords, strings.ToUpper(t.text)) {
			t.text, t.kind = strings.ToUpper(t.text), wordToken
		}
		tokens = append(tokens, t)
	}
}

func firstOf(text string) string {
	for _, r := range text {
		return string(r)
	}
	return ""
}
