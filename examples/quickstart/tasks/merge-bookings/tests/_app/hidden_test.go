package rooms

import (
	"math/rand/v2"
	"slices"
	"testing"
)

func TestMerge(t *testing.T) {
	for _, tt := range []struct {
		name     string
		in, want []Span
	}{
		{"nothing", nil, nil},
		{"a span inside another", []Span{{540, 720}, {560, 580}}, []Span{{540, 720}}},
		{"touching spans", []Span{{600, 660}, {540, 600}}, []Span{{540, 660}}},
		{"empty and reversed spans", []Span{{540, 540}, {700, 600}}, nil},
		{"the same span twice", []Span{{540, 600}, {540, 600}}, []Span{{540, 600}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := Merge(tt.in); !slices.Equal(got, tt.want) {
				t.Errorf("Merge(%v) = %v, want %v", tt.in, got, tt.want)
			}
		})
	}
}

func TestMergeLeavesItsArgumentAlone(t *testing.T) {
	in := []Span{{700, 720}, {540, 600}, {590, 610}}
	before := slices.Clone(in)
	Merge(in)
	if !slices.Equal(in, before) {
		t.Errorf("the argument became %v, was %v", in, before)
	}
}

func TestFree(t *testing.T) {
	open := Span{540, 1080}
	for _, tt := range []struct {
		name     string
		bookings []Span
		atLeast  int
		want     []Span
	}{
		{"no booking", nil, 30, []Span{{540, 1080}}},
		{"booked all day", []Span{{0, 1440}}, 1, nil},
		{"a booking from the evening before", []Span{{0, 600}}, 30, []Span{{600, 1080}}},
		{"a booking past closing time", []Span{{1000, 1300}}, 30, []Span{{540, 1000}}},
		{"bookings before and after hours", []Span{{100, 200}, {1200, 1300}}, 30, []Span{{540, 1080}}},
		{"a gap of just the length", []Span{{540, 600}, {630, 1080}}, 30, []Span{{600, 630}}},
		{"a gap too short", []Span{{540, 600}, {629, 1080}}, 30, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := Free(open, tt.bookings, tt.atLeast); !slices.Equal(got, tt.want) {
				t.Errorf("Free = %v, want %v", got, tt.want)
			}
		})
	}
}

// A minute is free exactly when no booking covers it, whatever the bookings.
func TestFreeAgreesWithCountingMinutes(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	open := Span{20, 80}
	for range 500 {
		var bookings []Span
		for range random.IntN(6) {
			start := random.IntN(100)
			bookings = append(bookings, Span{start, start + random.IntN(30)})
		}
		free := Free(open, bookings, 1)
		for minute := range 130 {
			booked := slices.ContainsFunc(bookings, func(s Span) bool { return s.Start <= minute && minute < s.End })
			want := !booked && open.Start <= minute && minute < open.End
			got := slices.ContainsFunc(free, func(s Span) bool { return s.Start <= minute && minute < s.End })
			if got != want {
				t.Fatalf("bookings %v: Free = %v; minute %d free: %t, want %t", bookings, free, minute, got, want)
			}
		}
	}
}
