package dashboard

import (
	"fmt"
	"slices"
	"strings"
)

// readFilter finds the variables, without their dollars, of a filter expression of
// SigNoz's query builder (v5), and reads it as the server does when the query runs; an
// import does not look at it. The language: comparisons
// (=, !=, <>, <, <=, >, >=, [NOT] LIKE, ILIKE, BETWEEN, IN, EXISTS, REGEXP, CONTAINS),
// functions (has, hasAny, hasAll, hasToken, search), free text, with NOT, AND, OR and
// parentheses, where two beside each other mean AND. An error says at which character,
// from 1; what was read before it is told all the same.
func readFilter(expression string) (variables []string, err error) {
	tokens, err := filterTokens(expression)
	if err != nil {
		return nil, err
	}
	p := &filterParser{tokens: tokens}
	if len(tokens) == 1 { // no filter
		return p.variables, nil
	}
	if err := p.either(0); err != nil {
		return p.variables, err
	}
	if !p.at("") {
		return p.variables, p.unexpected("AND, OR or the end")
	}
	return p.variables, nil
}

// filterDepth is how deep parentheses may stand in each other.
const filterDepth = 100

type filterParser struct {
	tokens    []filterToken
	next      int
	variables []string
}

func (p *filterParser) token() filterToken { return p.tokens[p.next] }

// at reports whether the next token is this word or sign.
func (p *filterParser) at(text string) bool {
	t := p.token()
	if text == "" {
		return t.kind == endToken
	}
	return t.text == text && (t.kind == wordToken || t.kind == signToken)
}

// take goes past the next token if it is one of these words or signs.
func (p *filterParser) take(texts ...string) bool {
	if !slices.ContainsFunc(texts, p.at) {
		return false
	}
	p.next++
	return true
}

func (p *filterParser) unexpected(want string) error {
	t := p.token()
	if t.kind == endToken {
		return fmt.Errorf("it ends too early, want %s", want)
	}
	return fmt.Errorf("character %d, %q: want %s", t.at+1, t.text, want)
}

// either reads conditions with OR between them.
func (p *filterParser) either(depth int) error {
	if depth > filterDepth {
		return p.unexpected("fewer parentheses in each other")
	}
	for {
		if err := p.all(depth); err != nil {
			return err
		}
		if !p.take("OR") {
			return nil
		}
	}
}

// all reads conditions with AND, or nothing, between them.
func (p *filterParser) all(depth int) error {
	for {
		p.take("NOT")
		if err := p.condition(depth); err != nil {
			return err
		}
		if !p.take("AND") && (p.at("") || p.at("OR") || p.at(")")) {
			return nil
		}
	}
}

func (p *filterParser) condition(depth int) error {
	switch {
	case p.take("("):
		if err := p.either(depth + 1); err != nil {
			return err
		}
		return p.need(")")
	case p.take("HASTOKEN", "HAS", "HASANY", "HASALL", "SEARCH"):
		return p.function()
	}
	switch t := p.token(); t.kind {
	case keyToken:
		p.next++
		return p.comparison(t.text)
	case textToken, freeToken: // text that is searched for
		p.next++
		return nil
	}
	return p.unexpected("a condition")
}

func (p *filterParser) comparison(key string) error {
	negative := p.take("NOT")
	switch {
	case p.take("EXISTS", "EXIST"):
	case p.take("IN"):
		if err := p.oneOrMore(); err != nil {
			return err
		}
	case p.take("BETWEEN"):
		if err := p.value(); err != nil {
			return err
		}
		if err := p.need("AND"); err != nil {
			return err
		}
		if err := p.value(); err != nil {
			return err
		}
	case p.take("LIKE", "ILIKE", "REGEXP", "CONTAINS", "CONTAIN"),
		!negative && p.take("=", "==", "!=", "<>", "<", "<=", ">", ">="):
		if err := p.value(); err != nil {
			return err
		}
	case negative:
		return p.unexpected("IN, EXISTS, LIKE, ILIKE, BETWEEN, REGEXP or CONTAINS after NOT")
	default: // a bare word is searched for; a variable alone means nothing
		if strings.HasPrefix(key, "$") {
			return fmt.Errorf("%s stands alone: want an attribute and an operator before it", key)
		}
		return nil
	}
	return nil
}

// oneOrMore reads what follows IN: a value, or a list in parentheses or brackets.
func (p *filterParser) oneOrMore() error {
	for open, end := range map[string]string{"(": ")", "[": "]"} {
		if p.take(open) {
			return p.list(end)
		}
	}
	return p.value()
}

func (p *filterParser) list(end string) error {
	for {
		if err := p.value(); err != nil {
			return err
		}
		if p.take(end) {
			return nil
		}
		if !p.take(",") {
			return p.unexpected(", or " + end)
		}
	}
}

// function reads the arguments of has() and its like.
func (p *filterParser) function() error {
	if err := p.need("("); err != nil {
		return err
	}
	for {
		read := p.value
		if p.take("[") {
			read = func() error { return p.list("]") }
		}
		if err := read(); err != nil {
			return err
		}
		if p.take(")") {
			return nil
		}
		if !p.take(",") {
			return p.unexpected(", or )")
		}
	}
}

func (p *filterParser) value() error {
	t := p.token()
	if t.kind != keyToken && t.kind != textToken {
		return p.unexpected("a value")
	}
	p.next++
	if name, ok := strings.CutPrefix(t.text, "$"); ok && t.kind == keyToken {
		p.variables = append(p.variables, name)
	}
	return nil
}

func (p *filterParser) need(text string) error {
	if !p.take(text) {
		return p.unexpected(text)
	}
	return nil
}
