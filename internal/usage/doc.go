// Package usage works out a trial's numbers from three reports of what its agent
// did, called views here:
//
//  1. The meter's ledger comes first for money, tokens, requests and retries.
//  2. The agent's telemetry has what a proxy cannot see: tools, failures, active
//     time, lines. It comes second for money and tokens.
//  3. The agent's own result, printed at its end, comes third.
//
// All three report the same requests, so they are never added up. [Fill] takes
// each number from the first view that has it and names that view in
// Trial.Sources; a number that no view has stays absent. It then compares the
// views' tokens per model. A difference with a known cause adds a word to
// Agreement.Explained; one that can only mean that requests went past the meter
// sets the flag [baselines.MeterMissed].
//
// Telemetry is read as Claude Code 2.1.330 sends it. Of other agents' telemetry
// it is only noted that there was some, and whether it tells of a model's answer
// ([AskedModel]).
package usage
