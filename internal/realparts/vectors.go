package realparts

import (
	_ "embed"
	"encoding/json"
	"math"
	"testing"
)

//go:embed vectors.json
var vectors []byte

// Vector is one entry of vectors.json: the input of a statistical method, and
// the result on which two independent programs agree.
type Vector struct {
	ID, Method      string
	Input, Expected json.RawMessage // Input is null where the method has none
}

// Vectors returns all of them by ID.
func Vectors(tb testing.TB) map[string]Vector {
	tb.Helper()
	var file struct{ Vectors []Vector }
	if err := json.Unmarshal(vectors, &file); err != nil {
		tb.Fatal(err)
	}
	byID := make(map[string]Vector)
	for _, v := range file.Vectors {
		byID[v.ID] = v
	}
	return byID
}

// Read decodes the vector into pointers. The zero Vector, which a map returns
// for an ID it does not have, fails the test.
func (v Vector) Read(tb testing.TB, input, expected any) {
	tb.Helper()
	if v.ID == "" {
		tb.Fatal("no such vector")
	}
	if string(v.Input) != "null" {
		if err := json.Unmarshal(v.Input, input); err != nil {
			tb.Fatal(err)
		}
	}
	if err := json.Unmarshal(v.Expected, expected); err != nil {
		tb.Fatal(err)
	}
}

// Within fails the test where got is not a number or lies further than
// tolerance from want.
func Within(tb testing.TB, what string, got, want, tolerance float64) {
	tb.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		tb.Errorf("%s = %.9g, want %.9g within %g", what, got, want, tolerance)
	}
}
