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

// Where tests run, and what tampering does, are absent in older files, which means
// as usual.
func TestAbsentIsAsUsual(t *testing.T) {
	before := Header{}
	usual := Header{Limits: Limits{Verifier: VerifierShared, Tamper: TamperFlag}}
	if before.Fingerprint() != usual.Fingerprint() || len(Differences(before, usual, Field.IsCompared)) > 0 {
		t.Error("the usual is another thing than a header without it")
	}
	for _, other := range []Header{{Limits: Limits{Verifier: VerifierFresh}}, {Limits: Limits{Tamper: TamperFail}}, {Limits: Limits{TimeoutGrace: 300}}, {Limits: Limits{TokensPerTrial: 9}}} {
		if other.Fingerprint() == before.Fingerprint() || len(Differences(before, other, Field.IsCompared)) != 1 {
			t.Errorf("%+v is the same thing as a header without it", other.Limits)
		}
	}
}
