package run

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"path/filepath"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/gate"
)

// planSchema is that of plan.json, which is written before the first trial, so
// that a later run knows whether it would ask the same question again.
const planSchema = "benchgate.question/v1"

// identity says which question a run asks. A second run of the same question
// goes on with the first one's trials. If it started over, one could repeat a
// run until its verdict pleases, and the error rates of the gate would not hold.
type identity struct {
	Schema string `json:"schema"`

	// Process is the digest of what makes two runs one question: policy,
	// suite, variants and limits of a trial, but neither the number of attempts
	// nor the dollars or requests, which a second run may raise.
	Process string `json:"process"`
	Plan    string `json:"plan"`

	// Measured is Process without the gate's rules: the digest of what the trials
	// depend on. Empty for one arm by itself, which has no rules.
	Measured string `json:"measured,omitempty"`

	// Prices is the digest of the price table: dollars at other prices cannot
	// be added to ours, so a run with another table does not go on.
	Prices string `json:"prices"`

	// Order is that of the plan's trials.
	Order []step `json:"order"`

	// Baseline is the stored baseline's id; empty when it was measured live.
	Baseline string `json:"baseline,omitempty"`

	// Alone is the arm that was measured by itself; empty in a gate.
	Alone baselines.Arm `json:"alone,omitempty"`

	// Again tells that the run was asked for although an earlier one had an answer:
	// see [Options.Again].
	Again bool `json:"again,omitempty"`

	// Created is when the run was begun. Files of older versions do not say it.
	Created time.Time `json:"created,omitzero"`
}

// step is one trial of the candidate as files name it.
type step struct {
	Seq     int    `json:"seq"`
	Task    string `json:"task"`
	Attempt int    `json:"attempt"`
}

func orderOf(steps []Step) []step {
	order := make([]step, len(steps))
	for i, s := range steps {
		order[i] = step{s.Seq, s.Task.ID, s.Attempt}
	}
	return order
}

// keys are the planned trials in their order.
func (id identity) keys() []baselines.Key {
	var out []baselines.Key
	for _, s := range id.Order {
		out = append(out, baselines.Key{Task: s.Task, Attempt: s.Attempt})
	}
	return out
}

// identify says which question a design asks.
func identify(d *Design) (identity, error) {
	if d.Alone != "" {
		return identifyAlone(d)
	}
	policy, candidate := d.Policy, d.Headers[baselines.Candidate]
	policy.Attempts = 0
	candidate.Limits.Attempts, candidate.Limits.USD, candidate.Limits.Requests = 0, nil, 0
	process, err := planDigest(policy, nil, d.Stored, d.Headers[baselines.Baseline], candidate)
	if err != nil {
		return identity{}, err
	}
	measured, err := planDigest(gate.Policy{Compare: policy.Compare}, nil, d.Stored, d.Headers[baselines.Baseline], candidate)
	id := identity{Schema: planSchema, Process: process, Measured: measured, Plan: candidate.Plan, Prices: candidate.Prices.Digest, Order: orderOf(d.Steps), Created: candidate.Created}
	if d.Stored != nil {
		id.Baseline = d.Stored.Header.ID
	}
	return id, err
}

// identifyAlone is for one arm by itself. No rule of the gate is in it: there is
// none.
func identifyAlone(d *Design) (identity, error) {
	h := d.Headers[d.Alone]
	id := identity{Schema: planSchema, Plan: h.Plan, Prices: h.Prices.Digest, Order: orderOf(d.Steps), Alone: d.Alone, Created: h.Created}
	h.Limits.Attempts, h.Limits.USD = 0, nil
	var err error
	id.Process, err = aloneDigest(nil, h)
	return id, err
}

// live reports whether the baseline is measured beside the candidate.
func (id identity) live() bool { return id.Alone == "" && id.Baseline == "" }

// arms are those that are measured.
func (id identity) arms() []baselines.Arm {
	switch {
	case id.Alone != "":
		return []baselines.Arm{id.Alone}
	case id.live():
		return []baselines.Arm{baselines.Candidate, baselines.Baseline}
	}
	return []baselines.Arm{baselines.Candidate}
}

// writePlan keeps the run's identity in its directory.
func writePlan(dir string, id identity) error {
	text, err := json.MarshalIndent(id, "", "  ")
	if err != nil {
		return fmt.Errorf("writing plan: %w", err)
	}
	if err := writeFile(filepath.Join(dir, planFile), append(text, '\n')); err != nil {
		return fmt.Errorf("writing plan: %w", err)
	}
	return nil
}

// planDigest covers everything that must be decided before the first
// candidate trial: policy, order, variants, limits, and the stored baseline, if
// one is used. Without that, runs before and after one was stored would look as
// if they had been measured side by side.
func planDigest(p gate.Policy, steps []Step, stored *baselines.Run, baseline, candidate baselines.Header) (string, error) {
	storedID := ""
	if stored != nil {
		storedID = stored.Header.ID
	}
	text, err := json.Marshal(struct {
		Policy    gate.Policy       `json:"policy"`
		Suite     string            `json:"suite"`
		Order     []step            `json:"order"`
		Baseline  baselines.Variant `json:"baseline"`
		Candidate baselines.Variant `json:"candidate"`
		Limits    baselines.Limits  `json:"limits"`
		Stored    string            `json:"stored"`
	}{p, candidate.Suite.Digest, orderOf(steps), baseline.Variant, candidate.Variant, candidate.Limits, storedID})
	if err != nil {
		return "", fmt.Errorf("hashing plan: %w", err)
	}
	return digestOf(text), nil
}

// aloneDigest covers what decides on the trials of an arm that is measured by
// itself.
func aloneDigest(steps []Step, h baselines.Header) (string, error) {
	text, err := json.Marshal(struct {
		Alone   baselines.Arm     `json:"alone"`
		Suite   string            `json:"suite"`
		Order   []step            `json:"order"`
		Variant baselines.Variant `json:"variant"`
		Limits  baselines.Limits  `json:"limits"`
	}{h.Arm, h.Suite.Digest, orderOf(steps), h.Variant, h.Limits})
	if err != nil {
		return "", fmt.Errorf("hashing plan: %w", err)
	}
	return digestOf(text), nil
}

func digestOf(text []byte) string {
	sum := sha256.Sum256(text)
	return "sha256:" + hex.EncodeToString(sum[:])
}
