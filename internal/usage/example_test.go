package usage_test

import (
	"fmt"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/meter"
	"github.com/benchgate/benchgate/internal/usage"
)

// An agent that was metered and sent no telemetry: money and tokens are known,
// tool calls are not.
func ExampleFill() {
	at := time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC)
	usd := 0.061
	ledger := []meter.Entry{
		{Kind: meter.Started, Time: at, Request: 1, Model: "claude-opus-4-8"},
		{
			Kind: meter.Finished, Time: at.Add(3 * time.Second), Request: 1, Model: "claude-opus-4-8", Status: 200,
			Answered: "claude-opus-4-8", Tokens: &baselines.Tokens{Input: 2200, Output: 2000}, USD: &usd,
		},
	}
	var trial baselines.Trial
	usage.Fill(&trial, usage.Input{Model: "claude-opus-4-8", Ledger: ledger})

	fmt.Println("dollars:", trial.CostUSD.Compared(), "from the", trial.Sources["cost_usd"])
	fmt.Println("output tokens:", trial.Tokens.Output)
	fmt.Println("tool calls known:", trial.ToolCalls != nil)
	fmt.Println(trial.Flags)
	// Output:
	// dollars: 0.061 from the meter
	// output tokens: 2000
	// tool calls known: false
	// [telemetry_missing]
}
