package scriptedmodel

import (
	"encoding/json"
	"fmt"
	"net/http"
)

// event is one server-sent event.
type event struct {
	name string
	data any
}

func (o *response) event(e event) error {
	data, err := json.Marshal(e.data)
	if err != nil {
		return fmt.Errorf("encoding %s event: %w", e.name, err)
	}
	if _, err := fmt.Fprintf(o.w, "event: %s\ndata: %s\n\n", e.name, data); err != nil {
		return err
	}
	return http.NewResponseController(o.w).Flush()
}

// object is a JSON object written as a literal, instead of a struct that only
// one place would use.
type object map[string]any

// eventsOf takes a message apart as the API does: message_start with the input
// side of the usage, each block in pieces, message_delta with the cumulative
// usage, message_stop.
func eventsOf(m apiMessage) []event {
	first := m
	first.Content, first.StopReason = []apiBlock{}, nil
	first.Usage.Output, first.Usage.ServerTools = 1, nil // the real API reports one token here, whatever follows
	events := []event{
		{"message_start", object{"type": "message_start", "message": first}},
		{"ping", object{"type": "ping"}},
	}
	for i, block := range m.Content {
		events = append(events, blockEvents(i, block)...)
	}
	last := m.Usage
	last.Split, last.ServiceTier = nil, ""
	return append(events,
		event{"message_delta", object{
			"type":  "message_delta",
			"delta": object{"stop_reason": m.StopReason, "stop_sequence": nil},
			"usage": last,
		}},
		event{"message_stop", object{"type": "message_stop"}},
	)
}

func blockEvents(index int, b apiBlock) []event {
	empty, content, delta, field := b, "", "text_delta", "text"
	if b.Type == "tool_use" {
		empty.Input = json.RawMessage("{}")
		content, delta, field = string(b.Input), "input_json_delta", "partial_json"
	} else {
		empty.Text = new(string)
		content = *b.Text
	}
	events := []event{{"content_block_start", object{"type": "content_block_start", "index": index, "content_block": empty}}}
	for _, piece := range pieces(content) {
		events = append(events, event{"content_block_delta", object{
			"type": "content_block_delta", "index": index, "delta": object{"type": delta, field: piece},
		}})
	}
	return append(events, event{"content_block_stop", object{"type": "content_block_stop", "index": index}})
}

// pieces cuts a text into what one event carries. Characters stay whole.
func pieces(s string) []string {
	const runes = 48
	var out []string
	r := []rune(s)
	for len(r) > runes {
		out = append(out, string(r[:runes]))
		r = r[runes:]
	}
	return append(out, string(r))
}
