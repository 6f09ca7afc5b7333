package meter

import "encoding/json"

// Streamed is how much of an answer has come, in bytes of UTF-8 by kind of content,
// with JSON's escaping undone. Of most models thinking is a summary of what they
// thought, so that it has fewer bytes than its tokens would have.
type Streamed struct {
	Text      int64 `json:"text,omitempty"`
	Thinking  int64 `json:"thinking,omitempty"`
	ToolInput int64 `json:"tool_input,omitempty"` // the JSON of tool calls
}

// add counts one content_block_delta event. One that cannot be read counts nothing.
func (s *Streamed) add(event []byte) {
	var e struct {
		Delta struct {
			Text        string `json:"text"`
			Thinking    string `json:"thinking"`
			PartialJSON string `json:"partial_json"`
			Content     string `json:"content"` // of a compaction
		} `json:"delta"`
	}
	if json.Unmarshal(event, &e) != nil {
		return
	}
	s.Text += int64(len(e.Delta.Text) + len(e.Delta.Content))
	s.Thinking += int64(len(e.Delta.Thinking))
	s.ToolInput += int64(len(e.Delta.PartialJSON))
}
