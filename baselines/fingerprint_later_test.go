package baselines

import (
	"slices"
	"testing"
)

// A field that a later version adds to the list leaves the fingerprints of
// runs stored before as they are.
func TestAFieldAddedLaterKeepsStoredFingerprints(t *testing.T) {
	verifier := ""
	later := identifies("limits.verifier", PartLimits, func(Header) any { return verifier })
	later.addedLater = true
	list := append(slices.Clone(fields), later)

	h := Header{Variant: Variant{Model: "m"}}
	if fingerprint(h, list) != h.Fingerprint() {
		t.Error("a run that does not set the field has another fingerprint than before")
	}
	verifier = "fresh"
	if fingerprint(h, list) == h.Fingerprint() {
		t.Error("a run that sets the field has the fingerprint of one that does not")
	}
}
