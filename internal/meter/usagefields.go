package meter

// meaning is what a field of the API's usage object has to do with the bill.
type meaning int

const (
	count    meaning = iota + 1 // a number that is billed
	term                        // a text that decides what others cost
	group                       // an object with fields of its own
	sequence                    // a list of such objects
	detail                      // tells more of what other fields count; not billed
)

// usageFields are all fields of the usage object that the meter knows, by path. A
// field that is not here, and says something, makes the cost of its request not
// known. testdata/usage_fields.json records which fields the API documents.
var usageFields = map[string]meaning{
	"input_tokens":                             count,
	"output_tokens":                            count,
	"cache_read_input_tokens":                  count,
	"cache_creation_input_tokens":              count,
	"cache_creation":                           group,
	"cache_creation.ephemeral_5m_input_tokens": count,
	"cache_creation.ephemeral_1h_input_tokens": count,
	"output_tokens_details":                    detail,

	"service_tier":  term,
	"speed":         term,
	"inference_geo": term,

	"server_tool_use":                         group,
	"server_tool_use.web_search_requests":     count,
	"server_tool_use.web_fetch_requests":      count,
	"server_tool_use.code_execution_requests": count, // of earlier versions of the API
	"server_tool_use.tool_search_requests":    detail,

	// The parts that an answer was made of, each with tokens of its own.
	"iterations":                                          sequence,
	"iterations.type":                                     term,
	"iterations.model":                                    term,
	"iterations.input_tokens":                             count,
	"iterations.output_tokens":                            count,
	"iterations.cache_read_input_tokens":                  count,
	"iterations.cache_creation_input_tokens":              count,
	"iterations.cache_creation":                           group,
	"iterations.cache_creation.ephemeral_5m_input_tokens": count,
	"iterations.cache_creation.ephemeral_1h_input_tokens": count,
	"iterations.output_tokens_details":                    detail,

	// A credit after a refusal: "redeemed" moves the price of tokens of an earlier
	// request to this one's model, by an amount that is not told.
	"fallback_credit":                         group,
	"fallback_credit.status":                  group,
	"fallback_credit.status.type":             term,
	"fallback_credit.status.reason":           detail,
	"fallback_credit.status.remove_to_redeem": detail,

	// What gateways add: the same tokens by OpenAI's names, and their own bill.
	"total_tokens":              detail,
	"prompt_tokens":             detail,
	"prompt_tokens_details":     detail,
	"completion_tokens":         detail,
	"completion_tokens_details": detail,
	"cost":                      detail,
	"cost_details":              detail,
	"is_byok":                   detail,
}

// partKinds are the values of iterations.type, and whether the tokens of such a
// part are those that the top level of the usage object counts.
var partKinds = map[string]bool{
	"message":          true,
	"fallback_message": true,
	"compaction":       false,
	"advisor_message":  false,
}
