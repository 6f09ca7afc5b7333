package baselines

// Workers is how many trials of a run ran at once, and what the model API's rate
// limits did to that number. Least and Cuts are zero when it refused none.
type Workers struct {
	Most int `json:"most"` // that ran at once

	// RateLimited is how many requests of trials were answered 429 or 529, Cuts how
	// often the number of trials at once was halved because of them, and Least the
	// smallest number that was left.
	RateLimited int `json:"rate_limited,omitempty"`
	Cuts        int `json:"cuts,omitempty"`
	Least       int `json:"least,omitempty"`

	// WaitSeconds is how long a trial was next, had its CPUs and memory, and could
	// not start because of them.
	WaitSeconds float64 `json:"wait_seconds,omitempty"`
}
