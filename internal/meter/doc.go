// Package meter is a proxy between a coding agent and its model API: Anthropic
// Messages, OpenAI Responses, and Chat Completions, as gateways speak it. It writes a
// ledger with what every request cost. Money and tokens are taken from the
// ledger; telemetry and the agent's own numbers are compared with it (package
// usage).
//
// A request's way, in the order of the files:
//
//  1. proxy.go: the URL path /<token>/v1/messages names the trial by a token
//     that only the trial's agent was given ([Meter.Admit]). Models, files and batches
//     are served to a user's own command only ([Trial.AllPlaces]). api.go is the table
//     of APIs: their paths, what their requests say and how their answers count.
//  2. inbound.go, body.go, asked.go: the body is read, because the model asked for and
//     the estimate of its input must be known before any money is spent. What all
//     bodies hold in memory is bounded, and slow senders are cut.
//  3. account.go, queue.go, spending.go: the trial must not be over ([Meter.Revoke])
//     and its dollars and the run's must not be gone; what the request may cost is
//     set aside, and it waits for room. A refusal is recorded.
//  4. ledger.go (ledger_unix.go, ledger_other.go: its lock): the started line is
//     written to disk.
//  5. forward.go, delivery.go: the request goes upstream with our credential in place of
//     the agent's; each piece of the answer is passed on as it arrives.
//  6. watch.go, sse.go, usage.go, report.go, usagefields.go, parts.go,
//     streamed.go: the usage is read out of a copy of those bytes, which changes
//     and delays nothing. What the usage says and the meter does not know makes
//     the request's cost not known: usagefields.go is the list of what it knows.
//     batch.go does so for the results of a batch.
//     responses.go and completions.go do the same for OpenAI's APIs, whose fields are
//     listed in openai.go.
//  7. price.go: the dollars, by the price table; estimate.go: what a request that
//     was cut may have cost.
//  8. finish.go: the finished line is written to disk, also after an error.
//
// Refusal.go tells the errors that concern key, credit and model from all others, and
// probe.go asks the API on benchgate's own account ([Meter.Probe]).
//
// The credential never leaves the process except towards the upstream. No
// body, token or credential is ever logged; of an error that refuses the key, its
// message is, without any part of the key.
package meter
