package compare_test

import (
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/compare"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func seeds(f *testing.F) {
	random := rand.New(rand.NewPCG(1, 1))
	for _, shape := range [][2]byte{{0, 0}, {1, 0}, {10, 0}, {10, 4}, {3, 2}, {13, 5}} {
		data := []byte{shape[0], shape[1]}
		for range 4 * int(shape[0]) * (1 + int(shape[1])) {
			data = append(data, byte(random.Uint32()))
		}
		f.Add(data)
	}
	f.Add([]byte{4, 1, 0, 254, 0, 254})               // costs of zero
	f.Add([]byte{2, 0, 0, 248, 0, 249, 0, 252, 0, 9}) // costs that are no numbers
}

// Whatever the runs, no number in a comparison is NaN or infinite, and limits
// enclose their estimate.
func FuzzCompare(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		c := compare.Compare(runsFrom(data, true))
		checkFinite(t, reflect.ValueOf(c.Estimates), "estimates")
		checkFinite(t, reflect.ValueOf(c.Tasks), "tasks")
		checkFinite(t, reflect.ValueOf(c.Candidate), "candidate")
		checkFinite(t, reflect.ValueOf(c.Why), "why")
		for m, e := range c.Estimates {
			estimate := e.Delta
			if estimate == nil {
				estimate = e.Ratio
			}
			if e.Low != nil && e.High != nil && !(*e.Low <= *estimate && *estimate <= *e.High && *e.Low < *e.High) {
				t.Errorf("%s: %v is not inside %v to %v", m, *estimate, *e.Low, *e.High)
			}
			for _, p := range []*float64{e.PWorse, e.PBetter} {
				if p != nil && !(*p >= 0 && *p <= 1+1e-9) {
					t.Errorf("%s: p = %v", m, *p)
				}
			}
		}
	})
}

func checkFinite(t *testing.T, v reflect.Value, path string) {
	t.Helper()
	switch v.Kind() {
	case reflect.Float64:
		if math.IsNaN(v.Float()) || math.IsInf(v.Float(), 0) {
			t.Errorf("%s is %v", path, v.Float())
		}
	case reflect.Pointer:
		if !v.IsNil() {
			checkFinite(t, v.Elem(), path)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			checkFinite(t, v.Field(i), path+"."+v.Type().Field(i).Name)
		}
	case reflect.Map:
		for _, k := range v.MapKeys() {
			checkFinite(t, v.MapIndex(k), path+"."+k.String())
		}
	case reflect.Slice:
		for i := range v.Len() {
			checkFinite(t, v.Index(i), path)
		}
	}
}

// The order of tasks in the suite and of lines in the file means nothing.
func FuzzPermutation(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		baseline, candidate := runsFrom(data, false)
		want := compare.Compare(baseline, candidate)
		random := rand.New(rand.NewPCG(2, uint64(len(data))))
		got := compare.Compare(shuffled(random, baseline), shuffled(random, candidate))
		if diff := cmp.Diff(want.Estimates, got.Estimates); diff != "" {
			t.Errorf("estimates changed (-in order +shuffled):\n%s", diff)
		}
		if diff := cmp.Diff(want.Tasks, got.Tasks); diff != "" {
			t.Errorf("tasks changed (-in order +shuffled):\n%s", diff)
		}
		if diff := cmp.Diff(want.Why, got.Why); diff != "" {
			t.Errorf("why changed (-in order +shuffled):\n%s", diff)
		}
	})
}

func shuffled(random *rand.Rand, r *baselines.Run) *baselines.Run {
	out := &baselines.Run{Header: r.Header}
	out.Header.Suite.Tasks = append([]baselines.Task(nil), r.Header.Suite.Tasks...)
	random.Shuffle(len(out.Header.Suite.Tasks), func(i, j int) {
		tasks := out.Header.Suite.Tasks
		tasks[i], tasks[j] = tasks[j], tasks[i]
	})
	out.Trials = append([]baselines.Trial(nil), r.Trials...)
	random.Shuffle(len(out.Trials), func(i, j int) { out.Trials[i], out.Trials[j] = out.Trials[j], out.Trials[i] })
	return out
}

// Which attempt has which number means nothing where no attempts are paired: in
// every value, in the pass rate, in what happens to a typical task, and in cost per
// solved task where each task has two attempts or more on both sides.
func FuzzRenumber(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		baseline, candidate := runsFrom(data, false)
		random := rand.New(rand.NewPCG(3, uint64(len(data))))
		was := compare.Compare(baseline, candidate)
		is := compare.Compare(renumbered(random, baseline), renumbered(random, candidate))
		for _, m := range compare.Metrics {
			want, got := was.Estimates[m], is.Estimates[m]
			if want.Method == "swap" || got.Method == "swap" {
				continue
			}
			if m == compare.CostPerSolved { // its p values and basis are those of the pairs
				want.PWorse, want.PBetter, want.Basis = got.PWorse, got.PBetter, got.Basis
			}
			if diff := cmp.Diff(want, got, cmpopts.EquateApprox(1e-9, 1e-9)); diff != "" {
				t.Errorf("%s changed with the numbers of attempts:\n%s", m, diff)
			}
		}
	})
}

// renumbered exchanges the numbers of each task's attempts.
func renumbered(random *rand.Rand, r *baselines.Run) *baselines.Run {
	out := &baselines.Run{Header: r.Header, Trials: slices.Clone(r.Trials)}
	for _, task := range r.Header.Suite.Tasks {
		numbers := random.Perm(6)
		for i := range out.Trials {
			if t := &out.Trials[i]; t.Task == task.ID {
				t.Attempt = numbers[t.Attempt-1] + 1
			}
		}
	}
	return out
}

// Exchanging the files mirrors differences and intervals, and exchanges the
// p values.
func FuzzMirror(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		baseline, candidate := runsFrom(data, false)
		there, back := compare.Compare(baseline, candidate), compare.Compare(candidate, baseline)
		near := cmpopts.EquateApprox(1e-6, 1e-6)
		for _, m := range compare.Metrics {
			want, got := there.Estimates[m], mirrored(back.Estimates[m])
			want.Notes, got.Notes = nil, nil // they name the side
			if diff := cmp.Diff(want, got, near); diff != "" {
				t.Errorf("%s (-there +back):\n%s", m, diff)
			}
		}
	})
}

func mirrored(e compare.Estimate) compare.Estimate {
	e.Baseline, e.Candidate = e.Candidate, e.Baseline
	e.PWorse, e.PBetter = e.PBetter, e.PWorse
	turn := func(x *float64, by func(float64) float64) *float64 {
		if x == nil {
			return nil
		}
		turned := by(*x)
		return &turned
	}
	if e.Ratio != nil {
		inverse := func(x float64) float64 { return 1 / x }
		e.Ratio, e.Low, e.High = turn(e.Ratio, inverse), turn(e.High, inverse), turn(e.Low, inverse)
		return e
	}
	negative := func(x float64) float64 { return -x }
	e.Delta, e.Low, e.High = turn(e.Delta, negative), turn(e.High, negative), turn(e.Low, negative)
	return e
}

// A constant factor on all costs (another currency, other prices) changes no
// ratio, no interval and no p value.
func FuzzScale(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		baseline, candidate := runsFrom(data, false)
		want := compare.Compare(baseline, candidate)
		for _, factor := range []float64{1e-6, 3, 7e5} {
			got := compare.Compare(scaled(baseline, factor), scaled(candidate, factor))
			for _, m := range []compare.Metric{compare.CostPerSolved, compare.TypicalCost, compare.TotalCost} {
				was, is := want.Estimates[m], got.Estimates[m]
				was.Baseline, was.Candidate, is.Baseline, is.Candidate = nil, nil, nil, nil
				if diff := cmp.Diff(was, is, cmpopts.EquateApprox(1e-9, 1e-9)); diff != "" {
					t.Errorf("%s changed with all costs times %v:\n%s", m, factor, diff)
				}
			}
		}
	})
}

func scaled(r *baselines.Run, factor float64) *baselines.Run {
	out := &baselines.Run{Header: r.Header}
	for _, t := range r.Trials {
		if t.CostUSD != nil {
			t.CostUSD = &baselines.CostUSD{Main: factor * t.CostUSD.Main}
		}
		out.Trials = append(out.Trials, t)
	}
	return out
}
