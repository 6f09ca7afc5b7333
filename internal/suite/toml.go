package suite

import (
	"errors"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// parseTOML returns the document, or nil with its syntax error noted.
func parseTOML(file string, data []byte, problems *Problems) *document {
	values := make(map[string]any)
	if err := toml.Unmarshal(data, &values); err != nil {
		p := Problem{File: file, Message: strings.TrimPrefix(err.Error(), "toml: ")}
		if at, ok := errors.AsType[*toml.DecodeError](err); ok {
			p.Line, p.Column = at.Position()
		}
		*problems = append(*problems, p)
		return nil
	}
	index := indexTOML(data)
	return &document{file: file, values: values, problems: problems, position: index.nearest}
}

// tomlIndex says where each key stands, by dotted path; elements of arrays are
// named by their number.
type tomlIndex map[string]position

// nearest is the position of the path or of what encloses it.
func (x tomlIndex) nearest(path string) position {
	for path != "" {
		if at, ok := x[path]; ok {
			return at
		}
		path = path[:max(strings.LastIndexByte(path, '.'), 0)]
	}
	return position{1, 1}
}

func indexTOML(data []byte) tomlIndex {
	var parser unstable.Parser
	parser.Reset(data)
	index := make(tomlIndex)
	elements := make(map[string]int)
	table := ""
	for parser.NextExpression() {
		switch e := parser.Expression(); e.Kind {
		case unstable.Table:
			table = index.add(&parser, "", e.Key())
		case unstable.ArrayTable:
			name := index.add(&parser, "", e.Key())
			table = name + "." + strconv.Itoa(elements[name])
			elements[name]++
			index[table] = lastKey(&parser, e.Key())
		case unstable.KeyValue:
			index.addValue(&parser, index.add(&parser, table, e.Key()), e.Value())
		}
	}
	return index
}

func (x tomlIndex) addValue(parser *unstable.Parser, path string, value *unstable.Node) {
	switch value.Kind {
	case unstable.InlineTable:
		for it := value.Children(); it.Next(); {
			kv := it.Node()
			x.addValue(parser, x.add(parser, path, kv.Key()), kv.Value())
		}
	case unstable.Array:
		n := 0
		for it := value.Children(); it.Next(); n++ {
			x.addValue(parser, path+"."+strconv.Itoa(n), it.Node())
		}
	}
}

// add notes each part of a dotted key below a table and returns the whole
// path. The first mention of a name keeps its place.
func (x tomlIndex) add(parser *unstable.Parser, table string, key unstable.Iterator) string {
	path := table
	for key.Next() {
		if path != "" {
			path += "."
		}
		path += string(key.Node().Data)
		if _, ok := x[path]; !ok {
			x[path] = at(parser, key.Node())
		}
	}
	return path
}

func lastKey(parser *unstable.Parser, key unstable.Iterator) position {
	var last position
	for key.Next() {
		last = at(parser, key.Node())
	}
	return last
}

func at(parser *unstable.Parser, n *unstable.Node) position {
	start := parser.Shape(n.Raw).Start
	return position{start.Line, start.Column}
}
