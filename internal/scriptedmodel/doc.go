// Package scriptedmodel serves the Anthropic Messages and the OpenAI Responses API,
// streaming and not, with answers from a script. Tests, recordings and demonstrations run a real
// agent against it, because what was answered and what it cost is then known
// exactly ([Server.Truth]).
//
// A script is a YAML file:
//
//	conversations:
//	  - match: "Repair the parser"     # occurs in the first user message
//	    model: model-a                 # empty: any model
//	    turns:
//	      - text: "I'll look at the code first."
//	        tool_uses:
//	          - {name: Bash, input: {command: "cat parser.go", description: "Read the parser"}}
//	        usage: {input: 5, output: 210, cache_read: 0, cache_write_5m: 11800}
//	      - tool_uses:
//	          - name: Bash
//	            input: {command: "sed -i 's/<=/</' parser.go && go test ./...", description: "Fix and test"}
//	        errors: [{status: 529, times: 2}]
//	      - text: "Fixed: the loop ran one element too far."
//	  - match: "Evict the right entry"
//	    attempts:                      # other answers for each new session
//	      - [{text: "I give up."}]
//	      - [{tool_uses: [{name: Write, input: {file_path: /app/x, content: "y"}}]}, {text: "Done."}]
//
// How the answer to a request is found:
//
//  1. The first conversation whose match occurs in the first user message and
//     whose model is the one asked for. A request that offers no tools (a
//     title, a summary) never gets a conversation that calls some.
//  2. Its turns, or the attempt of the request's session.
//  3. The turn whose number is the count of assistant messages the request
//     carries, so the server keeps no state for retries, parallel trials and
//     subagents. After the last turn that one is repeated: a script whose last
//     turn calls a tool never ends.
//  4. The turn's errors, as often as they are due to this session.
//
// Everything else gets the fallback. Before all that, "models", "refuse" and
// "count_tokens" ([Script]) say who gets an answer at all: an unknown model, a key
// that is revoked after some answers, a gateway that counts no tokens.
package scriptedmodel
