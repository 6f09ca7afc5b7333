package prices

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/benchgate/benchgate/baselines"
)

// Write writes the table as [Decode] reads it, a rate a line, models sorted by name.
// Date is that of the whole table.
func (t *Table) Write(w io.Writer, date time.Time) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "{\n  \"schema\": %s,\n  \"source\": %s,\n  \"date\": %q,\n", inline(SchemaV1), inline(t.source), date.Format(time.DateOnly))
	for _, tool := range ServerTools {
		if usd, ok := t.tools[tool]; ok {
			fmt.Fprintf(&b, "  %q: %s,\n", tool, inline(usd))
		}
	}
	b.WriteString("  \"models\": {\n")
	for i, model := range slices.Sorted(maps.Keys(t.rates)) {
		if i > 0 {
			b.WriteString(",\n")
		}
		fmt.Fprintf(&b, "    %s: [", inline(model))
		for j, r := range t.rates[model] {
			if j > 0 {
				b.WriteByte(',')
			}
			b.WriteString("\n      " + r.line())
		}
		b.WriteString("\n    ]")
	}
	b.WriteString("\n  }\n}\n")
	_, err := w.Write(b.Bytes())
	return err
}

// line is the rate as it stands in a table.
func (r Rate) line() string {
	written := struct {
		From  string `json:"from,omitempty"`
		Tier  string `json:"tier,omitempty"`
		Above int64  `json:"above,omitzero"`
		baselines.Rates
		Factors   Factors  `json:"factors,omitempty"`
		WebSearch *float64 `json:"web_search,omitempty"`
		Source    string   `json:"source,omitempty"`
	}{Tier: r.Tier, Above: r.Above, Rates: r.rounded(), Factors: r.Factors, WebSearch: r.WebSearch, Source: r.origin}
	if !r.From.IsZero() {
		written.From = r.From.Format(time.DateOnly)
	}
	if r.Tier == Standard {
		written.Tier = ""
	}
	return inline(written)
}

// rounded are the prices without the last bits that multiplying gets wrong.
func (r Rate) rounded() baselines.Rates {
	return baselines.Rates{
		Input: rounded(r.Input), Output: rounded(r.Output),
		CacheWrite5m: rounded(r.CacheWrite5m), CacheWrite1h: rounded(r.CacheWrite1h), CacheRead: rounded(r.CacheRead),
	}
}

// inline is JSON on one line, with a space behind colons and commas as people type.
func inline(value any) string {
	text, err := json.MarshalIndent(value, "", "")
	if err != nil {
		panic(err) // neither NaN nor infinity gets past Decode
	}
	return strings.NewReplacer("{\n", "{", "\n}", "}", ",\n", ", ").Replace(string(text))
}
