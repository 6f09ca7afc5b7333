package suite

import (
	"errors"
	"strconv"
	"strings"

	"github.com/benchgate/benchgate/internal/problem"
	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// parseTOML returns the document, or nil with its syntax error noted.
func parseTOML(file string, data []byte, problems *problem.List) *document {
	text := problem.NewSource(file, data)
	values := make(map[string]any)
	if err := toml.Unmarshal(data, &values); err != nil {
		line, column := 0, 0
		if at, ok := errors.AsType[*toml.DecodeError](err); ok {
			line, column = at.Position() // in bytes
			column = text.Characters(line, column)
		}
		problems.Add(text.AtPlace(line, column, "%s", strings.TrimPrefix(err.Error(), "toml: ")))
		return nil
	}
	index := indexTOML(text, data)
	return &document{file: file, source: text, values: values, problems: problems, position: index.nearest}
}

// tomlIndex holds the position of each key, by dotted path; elements of arrays are
// named by their number.
type tomlIndex struct {
	text   *problem.Source
	parser unstable.Parser
	places map[string]position
}

// nearest is the position of the path or of what encloses it.
func (x *tomlIndex) nearest(path string) position {
	for path != "" {
		if at, ok := x.places[path]; ok {
			return at
		}
		path = path[:max(strings.LastIndexByte(path, '.'), 0)]
	}
	return position{1, 1}
}

func indexTOML(text *problem.Source, data []byte) *tomlIndex {
	x := &tomlIndex{text: text, places: make(map[string]position)}
	x.parser.Reset(data)
	elements := make(map[string]int)
	table := ""
	for x.parser.NextExpression() {
		switch e := x.parser.Expression(); e.Kind {
		case unstable.Table:
			table = x.add("", e.Key())
		case unstable.ArrayTable:
			name := x.add("", e.Key())
			table = name + "." + strconv.Itoa(elements[name])
			elements[name]++
			x.places[table] = x.lastKey(e.Key())
		case unstable.KeyValue:
			x.addValue(x.add(table, e.Key()), e.Value())
		}
	}
	return x
}

func (x *tomlIndex) addValue(path string, value *unstable.Node) {
	switch value.Kind {
	case unstable.InlineTable:
		for it := value.Children(); it.Next(); {
			kv := it.Node()
			x.addValue(x.add(path, kv.Key()), kv.Value())
		}
	case unstable.Array:
		n := 0
		for it := value.Children(); it.Next(); n++ {
			x.addValue(path+"."+strconv.Itoa(n), it.Node())
		}
	}
}

// add notes each part of a dotted key below a table and returns the whole
// path. The first mention of a name keeps its place.
func (x *tomlIndex) add(table string, key unstable.Iterator) string {
	path := table
	for key.Next() {
		if path != "" {
			path += "."
		}
		path += string(key.Node().Data)
		if _, ok := x.places[path]; !ok {
			x.places[path] = x.at(key.Node())
		}
	}
	return path
}

func (x *tomlIndex) lastKey(key unstable.Iterator) position {
	var last position
	for key.Next() {
		last = x.at(key.Node())
	}
	return last
}

// at is where a node begins.
func (x *tomlIndex) at(n *unstable.Node) position {
	line, column := x.text.Place(int(n.Raw.Offset))
	return position{line, column}
}
