package baselines_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/google/go-cmp/cmp"
)

// A field of the header that is on no list would let runs of different things
// pass as comparable, without a word.
func TestEveryFieldOfAHeaderIsListed(t *testing.T) {
	var want []string
	for _, l := range leaves(reflect.TypeFor[baselines.Header](), "", nil) {
		want = append(want, l.key)
	}
	var got []string
	for _, f := range baselines.Fields {
		got = append(got, f.Key)
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("add the field to the list in field.go (-header +list):\n%s", diff)
	}
}

// Each field is changed by itself: what the list says of it is what the
// fingerprint and the comparison do.
func TestAFieldCountsWhereItsRowSaysSo(t *testing.T) {
	rows := make(map[string]baselines.Field)
	for _, f := range baselines.Fields {
		rows[f.Key] = f
	}
	for _, l := range leaves(reflect.TypeFor[baselines.Header](), "", nil) {
		row := rows[l.key]
		if strings.HasPrefix(l.key, "suite.tasks.") {
			continue // the digest covers them; see TestADifferentTaskIsNamed
		}
		a, b := example().Header, example().Header
		change(t, l.of(reflect.ValueOf(&b).Elem()))
		if got := a.Fingerprint() != b.Fingerprint(); got != row.Fingerprint {
			t.Errorf("%s: the fingerprint changes: %v, want %v", l.key, got, row.Fingerprint)
		}
		for _, compared := range baselines.Comparisons() {
			want := row.Compared && row.Part.AllowedBy() != compared
			diffs := baselines.Differences(a, b, compared.Forbids)
			if got := len(diffs) > 0; got != want {
				t.Errorf("%s, when %s is compared: differences are %v, want any: %v", l.key, compared, diffs, want)
			}
			if want && diffs[0].Key != l.key {
				t.Errorf("%s differs and %s is named", l.key, diffs[0].Key)
			}
		}
	}
}

// A task whose processes are kept is measured in another way, and named.
func TestKeptProcessesAreADifference(t *testing.T) {
	a, b := example().Header, example().Header
	b.Suite.Tasks[0].KeepProcesses = true
	diffs := baselines.Differences(a, b, baselines.Field.IsCompared)
	if len(diffs) != 1 || diffs[0].Key != "suite.tasks.keep_processes" || diffs[0].A != "no" || diffs[0].B != "yes" {
		t.Errorf("differences %+v", diffs)
	}
	if a.Fingerprint() == b.Fingerprint() {
		t.Error("both have one fingerprint")
	}
}

func TestADifferentTaskIsNamed(t *testing.T) {
	a, b := example().Header, example().Header
	b.Suite.Digest = "sha256:other"
	b.Suite.Tasks = []baselines.Task{
		{ID: "countdown-game", Digest: "sha256:c0de", Tier: "hard", Image: "sha256:other"},
		{ID: "more"},
	}
	want := []string{
		"suite.digest (task countdown-game): sha256:c0de easy, sha256:c0de hard",
		"suite.digest (task more): missing, no digest",
	}
	var got []string
	for _, d := range baselines.Differences(a, b, baselines.Field.IsCompared) {
		got = append(got, fmt.Sprintf("%s: %s, %s", d.Name(), d.A, d.B))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("differences (-want +got):\n%s", diff)
	}
	b.Suite.Digest = a.Suite.Digest
	if diffs := baselines.Differences(a, b, baselines.Field.IsCompared); len(diffs) > 0 {
		t.Errorf("one digest is one suite, and yet there is %v", diffs)
	}
}

// leaf is one value of a header.
type leaf struct {
	key  string
	path []int // from the header, into structs and the first element of slices
}

// leaves walks through a header's structs and tasks as JSON names them.
func leaves(typ reflect.Type, prefix string, path []int) []leaf {
	var out []leaf
	for i := range typ.NumField() {
		f := typ.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		key, at, inner := prefix+name, append(slices.Clone(path), i), f.Type
		if inner.Kind() == reflect.Slice {
			inner = inner.Elem()
		}
		if inner.Kind() == reflect.Struct && inner != reflect.TypeFor[time.Time]() {
			out = append(out, leaves(inner, key+".", at)...)
			continue
		}
		out = append(out, leaf{key, at})
	}
	return out
}

func (l leaf) of(header reflect.Value) reflect.Value {
	v := header
	for _, i := range l.path {
		if v.Kind() == reflect.Slice {
			v = v.Index(0)
		}
		v = v.Field(i)
	}
	return v
}

// change sets a value to one that no example has.
func change(t *testing.T, v reflect.Value) {
	t.Helper()
	switch v.Interface().(type) {
	case time.Time:
		v.Set(reflect.ValueOf(time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)))
		return
	case []string:
		v.Set(reflect.ValueOf([]string{"other"}))
		return
	case map[string]string:
		v.Set(reflect.ValueOf(map[string]string{"other": "sha256:other"}))
		return
	case baselines.SolvedAt:
		v.Set(reflect.ValueOf(baselines.SolvedAt{Key: "correct", Min: 0.5}))
		return
	case map[string]baselines.Rates:
		v.Set(reflect.ValueOf(map[string]baselines.Rates{"other": {Input: 77}}))
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		change(t, v.Elem())
	case reflect.String:
		v.SetString("other")
	case reflect.Int, reflect.Int64:
		v.SetInt(77)
	case reflect.Uint64:
		v.SetUint(77)
	case reflect.Float64:
		v.SetFloat(77)
	default:
		t.Fatalf("teach this test to change a %s", v.Type())
	}
}
