// Package meter stands between a coding agent and its model API and writes
// down what every request costs. What it writes, the ledger, is the truth
// about money and tokens; telemetry and the agent's own account are held
// against it.
//
// A request's way, in the order of the files:
//
//  1. proxy.go: the URL path /<token>/v1/messages names the trial by a token
//     that only the trial's agent was given ([Meter.Admit]).
//  2. inbound.go: the body is read, because the model asked for and the
//     estimate of its input must be known before any money is spent.
//  3. account.go: the trial must not be over ([Meter.Revoke]) and its dollars
//     and the run's must not be gone. A refusal is recorded.
//  4. ledger.go: the started line is on disk.
//  5. forward.go: the request goes upstream with our credential in place of
//     the agent's; the answer passes through, byte by byte as it comes.
//  6. watch.go, sse.go, usage.go: a tee reads the usage out of those bytes and
//     never changes or delays them.
//  7. finish.go: the finished line is on disk, whatever happened.
//
// The credential never leaves the process except towards the upstream. No
// body, token or credential is ever logged.
package meter
