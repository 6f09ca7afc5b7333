package prices

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// maxDepth is far deeper than any table; it keeps a hostile file from
// exhausting the stack.
const maxDepth = 32

// node is a JSON value that remembers where it stood.
type node struct {
	offset int          // of its first byte
	value  any          // string, json.Number, bool or nil, of a scalar
	kind   json.Delim   // '{', '[' or 0 for a scalar
	names  []objectName // of an object, in file order
	items  []*node      // members' values or elements
}

type objectName struct {
	offset int
	text   string
}

// parseJSON reads one JSON value and nothing after it. encoding/json alone
// neither tells positions of values nor minds a name given twice.
func parseJSON(data []byte) (*node, error) {
	p := &parser{data: data, dec: json.NewDecoder(bytes.NewReader(data))}
	p.dec.UseNumber()
	root, err := p.value(0)
	if err != nil {
		return nil, err
	}
	end := p.next()
	if _, err := p.dec.Token(); !errors.Is(err, io.EOF) {
		return nil, &offsetError{end, "something follows the table"}
	}
	return root, nil
}

type parser struct {
	data []byte
	dec  *json.Decoder
}

// next is the offset at which the next token begins.
func (p *parser) next() int {
	at := int(p.dec.InputOffset())
	for at < len(p.data) && bytes.IndexByte([]byte(" \t\r\n,:"), p.data[at]) >= 0 {
		at++
	}
	return at
}

func (p *parser) value(depth int) (*node, error) {
	n := &node{offset: p.next()}
	token, err := p.token()
	if err != nil {
		return nil, err
	}
	delim, opens := token.(json.Delim)
	if !opens {
		n.value = token
		return n, nil
	}
	if depth == maxDepth {
		return nil, &offsetError{n.offset, "nested too deeply"}
	}
	n.kind = delim
	for p.dec.More() {
		if delim == '{' {
			at := p.next()
			name, err := p.token()
			if err != nil {
				return nil, err
			}
			n.names = append(n.names, objectName{at, name.(string)})
		}
		item, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		n.items = append(n.items, item)
	}
	_, err = p.token() // the closing delimiter
	return n, err
}

func (p *parser) token() (json.Token, error) {
	at := p.next()
	token, err := p.dec.Token()
	if syntax := (*json.SyntaxError)(nil); errors.As(err, &syntax) {
		return nil, &offsetError{at, fmt.Sprintf("not JSON here: %v", syntax)}
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, &offsetError{len(p.data), "the file ends in the middle of the table"}
	}
	if err != nil {
		return nil, &offsetError{at, err.Error()}
	}
	return token, nil
}

type offsetError struct {
	offset  int
	message string
}

func (e *offsetError) Error() string { return e.message }
