package prices_test

import (
	"fmt"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/prices"
)

func ExampleTable_Rate() {
	at := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	used := baselines.Tokens{Input: 120, Output: 900, CacheRead: 41_000, CacheWrite5m: 5_200}

	for _, model := range []string{"claude-opus-4-8-20261120", "claude-haiku-5-5", "my-company-model"} {
		rate, ok := prices.Default().Rate(model, at)
		if !ok {
			fmt.Printf("%s: no price\n", model)
			continue
		}
		fmt.Printf("%s: $%.6f\n", model, rate.USD(used))
	}
	// Output:
	// claude-opus-4-8-20261120: $0.076100
	// claude-haiku-5-5: $0.001522
	// my-company-model: no price
}
