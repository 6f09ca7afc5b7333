package meter

import (
	"encoding/json"
	"slices"
	"unsafe"

	"github.com/tidwall/gjson"
)

// asked is what a request's body says that decides its price.
type asked struct {
	model     string
	maxOutput int64  // tokens; 0: the body does not say
	speed     string // empty: the usual one
	tier      string // service tier, of APIs where it decides; empty: the usual one
}

// readAsked reads a body; ok is false when it is no JSON object with a model. Of a
// key that stands there twice the last one counts, as for the API, and only the
// exact key: of one that the API ignores ("Model") an agent could have its requests
// recorded under another model's name.
func (of *api) readAsked(body []byte) (a asked, ok bool) {
	if !gjson.ValidBytes(body) { // an empty one is not
		return asked{}, false
	}
	whole := gjson.Parse(unsafe.String(&body[0], len(body))) // a copy of 64 MiB would be more than there is room for
	if !whole.IsObject() {
		return asked{}, false
	}
	whole.ForEach(func(key, value gjson.Result) bool {
		switch key.Str {
		case "model":
			a.model = shortString(value)
		case "speed":
			a.speed = shortString(value)
		case "service_tier":
			if of.tiers {
				a.tier = openAITier(shortString(value))
			}
		default:
			if slices.Contains(of.output, key.Str) {
				a.maxOutput = tokenCount(value)
			}
		}
		return true
	})
	return a, a.model != "" && a.model == capped(a.model)
}

// readBatch reads a batch of requests: the model of the first, and the output of all
// of them. ok is false when there is no first one, or one is not as [api.readAsked] wants.
func readBatch(body []byte) (all asked, ok bool) {
	if !gjson.ValidBytes(body) {
		return asked{}, false
	}
	ok = true
	gjson.GetBytes(body, "requests").ForEach(func(_, request gjson.Result) bool {
		var a asked
		a, ok = messagesAPI.readAsked([]byte(request.Get("params").Raw))
		if all.model == "" {
			all.model, all.speed = a.model, a.speed
		}
		all.maxOutput += a.maxOutput
		return ok
	})
	return all, ok && all.model != ""
}

// shortString is a string that may be a name; anything else is "".
func shortString(value gjson.Result) string {
	if value.Type != gjson.String {
		return ""
	}
	var s shortText
	_ = json.Unmarshal([]byte(value.Raw), &s) // as the API decodes it: gjson keeps broken UTF-8
	return string(s)
}

// tokenCount is a number of tokens; anything else is 0.
func tokenCount(value gjson.Result) int64 {
	if value.Type != gjson.Number || value.Num < 0 || value.Num > maxCount {
		return 0
	}
	return int64(value.Num)
}

// shortText is a JSON string that may be a name; anything else reads as "".
type shortText string

// UnmarshalJSON implements [json.Unmarshaler].
func (s *shortText) UnmarshalJSON(b []byte) error {
	const longest = 6 * 256 // every byte of a name escaped
	*s = ""
	if b[0] != '"' || len(b) > longest+2 {
		return nil
	}
	return json.Unmarshal(b, (*string)(s))
}
