package stackcount

import (
	"strings"
	"testing"
)

const profile = "worker 1411 12.003: cpu-clock\n" +
	"\truntime.mallocgc\n\tencoding/json.Unmarshal\n\tmain.handle\n\n" +
	"worker 1411 12.004: cpu-clock\n\tsyscall.read\n\tmain.handle\n\n" +
	"worker 1412 12.004: cpu-clock\n\truntime.mallocgc\n\tencoding/json.Unmarshal\n\tmain.handle\n\n"

func TestParseCountsStacks(t *testing.T) {
	p, err := Parse(strings.NewReader(profile))
	if err != nil {
		t.Fatal(err)
	}
	if p.Samples != 3 {
		t.Errorf("Samples = %d, want 3", p.Samples)
	}
	if got := p.Counts["main.handle;encoding/json.Unmarshal;runtime.mallocgc"]; got != 2 {
		t.Errorf("the malloc stack was counted %d times, want 2", got)
	}
}

func TestTopPutsTheMostFrequentFirst(t *testing.T) {
	p, err := Parse(strings.NewReader(strings.TrimSuffix(profile, "\n")))
	if err != nil {
		t.Fatal(err)
	}
	top := p.Top(1)
	if want := (Count{"main.handle;encoding/json.Unmarshal;runtime.mallocgc", 2}); top[0] != want {
		t.Errorf("Top(1) = %v, want %v", top[0], want)
	}
}
