package baselines_test

import (
	"fmt"
	"log"

	"github.com/benchgate/benchgate/baselines"
)

func ExampleReadFile() {
	run, err := baselines.ReadFile("testdata/run.jsonl")
	if err != nil {
		log.Fatal(err)
	}
	for _, t := range run.Counted() {
		usd, known := t.Cost()
		fmt.Printf("%s, attempt %d: %s, solved known %t, dollars known %t: %.4f\n",
			t.Task, t.Attempt, t.Ended, t.Solved != nil, known, usd)
	}
	// Output:
	// countdown-game, attempt 1: finished, solved known true, dollars known true: 0.0810
	// countdown-game, attempt 2: infra_error, solved known false, dollars known false: 0.0000
}
