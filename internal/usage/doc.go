// Package usage makes a trial's numbers from three views of one thing.
//
//  1. The meter's ledger is the truth for money, tokens, requests and retries.
//  2. The agent's telemetry tells what no proxy sees: tools, failures, active
//     time, lines. It is second for money and tokens.
//  3. The agent's own result comes third.
//
// The views are never added up. [Fill] takes each number from the first view
// that has it, says in Trial.Sources which that was, and leaves absent what
// nobody knows. It then compares the views, tokens per model, and says what
// their differences mean: an explained one is a word in Agreement.Explained;
// unexplained evidence of requests that the meter did not see is the flag
// [baselines.MeterMissed].
//
// Telemetry is read as Claude Code 2.1.330 sends it. Of other agents only its
// presence is noted.
package usage
