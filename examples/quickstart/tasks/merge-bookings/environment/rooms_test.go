package rooms

import (
	"slices"
	"testing"
)

func TestMergeJoinsOverlappingSpans(t *testing.T) {
	got := Merge([]Span{{540, 600}, {570, 630}, {700, 720}})
	if want := []Span{{540, 630}, {700, 720}}; !slices.Equal(got, want) {
		t.Errorf("Merge = %v, want %v", got, want)
	}
}

func TestFreeFindsTheGapBetweenBookings(t *testing.T) {
	got := Free(Span{540, 720}, []Span{{540, 600}, {660, 720}}, 30)
	if want := []Span{{600, 660}}; !slices.Equal(got, want) {
		t.Errorf("Free = %v, want %v", got, want)
	}
}

func TestFreeFindsTheEndOfTheDay(t *testing.T) {
	got := Free(Span{540, 1080}, []Span{{540, 600}}, 30)
	if want := []Span{{600, 1080}}; !slices.Equal(got, want) {
		t.Errorf("Free = %v, want %v", got, want)
	}
}
