package gate

// Policy is what the gate may conclude from, and how sure it must be. It is
// fixed before the first candidate trial.
type Policy struct {
	Mode Mode `json:"mode"`

	// PassRateMaxDrop is the margin of the pass rate, in (0, 1].
	PassRateMaxDrop float64 `json:"pass_rate_max_drop"`

	// TypicalCostMaxRatio is the margin of the typical cost, above 1. Zero:
	// the cost is reported, not gated.
	TypicalCostMaxRatio float64 `json:"typical_cost_max_ratio"`

	// CostPerSolvedMaxRatio gates cost per solved task at the planned end
	// only. Zero: reported, not gated.
	CostPerSolvedMaxRatio float64 `json:"cost_per_solved_max_ratio"`

	Alpha float64 `json:"alpha"` // P(regression | nothing changed), split 3:2 over pass rate and cost
	Beta  float64 `json:"beta"`  // P(pass | worse by the margin)

	// Attempts is the planned number of attempts per task.
	Attempts int `json:"attempts"`

	// Compare is the one thing in which the arms may differ: "model",
	// "agent_version" or "settings".
	Compare string `json:"compare"`
}

// Mode is how the gate looks at trials.
type Mode string

// The modes. Auto is informed with a stored baseline of three attempts a task
// or more, else strict.
const (
	Auto     Mode = "auto"
	Informed Mode = "informed"
	Strict   Mode = "strict"
	Fixed    Mode = "fixed"
)

// DefaultPolicy returns the policy for a suite of that many tasks: below 80
// tasks margins of 0.20 and 1.5, from 80 tasks 0.10 and 1.2 (study section 7).
func DefaultPolicy(tasks int) Policy {
	p := Policy{Mode: Auto, PassRateMaxDrop: 0.20, TypicalCostMaxRatio: 1.5, Alpha: 0.05, Beta: 0.10, Attempts: 5, Compare: "model"}
	if tasks >= 80 {
		p.PassRateMaxDrop, p.TypicalCostMaxRatio, p.Attempts = 0.10, 1.2, 3
	}
	return p
}
