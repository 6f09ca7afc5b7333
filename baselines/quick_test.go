package baselines

import (
	"encoding"
	"encoding/json"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func newDecoder() *decoder {
	return &decoder{intern: make(map[string]string), sources: make(map[string]map[string]string)}
}

// A field that the tables lack would make every line that has it slow.
func TestQuickKnowsEveryField(t *testing.T) {
	known := map[reflect.Type][]string{
		reflect.TypeFor[Trial]():              keysOf(trialMembers),
		reflect.TypeFor[Seconds]():            keysOf(secondsMembers),
		reflect.TypeFor[CostUSD]():            keysOf(costMembers),
		reflect.TypeFor[Tokens]():             keysOf(tokensMembers),
		reflect.TypeFor[Model]():              keysOf(modelMembers),
		reflect.TypeFor[Lines]():              keysOf(linesMembers),
		reflect.TypeFor[NetworkRefused]():     keysOf(refusedMembers),
		reflect.TypeFor[HostsAsked]():         keysOf(askedMembers),
		reflect.TypeFor[UnfinishedRequests](): keysOf(unfinishedMembers),
		reflect.TypeFor[USDByKind]():          keysOf(byKindMembers),
		reflect.TypeFor[KindUSD]():            keysOf(kindMembers),
		reflect.TypeFor[SpanError]():          keysOf(errorMembers),
		reflect.TypeFor[Agreement]():          keysOf(agreementMembers),
	}
	decodesItself := reflect.TypeFor[encoding.TextUnmarshaler]()
	var check func(typ reflect.Type)
	check = func(typ reflect.Type) {
		switch typ.Kind() {
		case reflect.Pointer, reflect.Slice, reflect.Map:
			check(typ.Elem())
			return
		case reflect.Struct:
		default:
			if reflect.PointerTo(typ).Implements(decodesItself) && typ != reflect.TypeFor[Ended]() {
				t.Errorf("%s decodes itself: quick must do the same", typ)
			}
			return
		}
		if typ == reflect.TypeFor[time.Time]() {
			return
		}
		var want []string
		for i := range typ.NumField() {
			key, _, _ := strings.Cut(typ.Field(i).Tag.Get("json"), ",")
			want = append(want, key)
			check(typ.Field(i).Type)
		}
		slices.Sort(want)
		if diff := cmp.Diff(want, known[typ]); diff != "" {
			t.Errorf("members of %s (-fields +table):\n%s", typ, diff)
		}
	}
	check(reflect.TypeFor[Trial]())
}

func keysOf[T any](m members[T]) []string { return slices.Sorted(maps.Keys(m)) }

// lines are trials as run files have them.
func lines(t testing.TB) []string {
	t.Helper()
	text, err := os.ReadFile("testdata/run.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSpace(string(text)), "\n")[1:]
}

func TestQuickReadsWhatIsWritten(t *testing.T) {
	for _, line := range lines(t) {
		if _, ok := newDecoder().quickTrial([]byte(line)); !ok {
			t.Errorf("it gives up at %s", line)
		}
	}
}

// What is unusual is left to encoding/json, be it right or wrong.
func TestQuickGivesUp(t *testing.T) {
	line := lines(t)[0]
	for what, change := range map[string][2]string{
		"a key of a later version":  {`"seq":1`, `"seq":1,"mood":"good"`},
		"a key in other letters":    {`"seq":1`, `"SEQ":1`},
		"a key twice":               {`"seq":1`, `"seq":1,"seq":1`},
		"a key of a table twice":    {`"cost_usd":"meter"`, `"cost_usd":"meter","cost_usd":"meter"`},
		"null":                      {`"solved":true`, `"solved":null`},
		"an escape":                 {`"reason":""`, `"reason":"\u0041"`},
		"no UTF-8":                  {`"reason":""`, "\"reason\":\"\xff\""},
		"a control character":       {`"reason":""`, "\"reason\":\"\x01\""},
		"a fraction of a trial":     {`"seq":1`, `"seq":1.5`},
		"a whole number in floats":  {`"seq":1`, `"seq":1e0`},
		"a number that is too long": {`"input":120`, `"input":1200000000000000000`},
		"a number that is too big":  {`"setup":3.1`, `"setup":1e999`},
		"a leading zero":            {`"setup":3.1`, `"setup":03.1`},
		"hexadecimal":               {`"setup":3.1`, `"setup":0x3`},
		"an unknown end":            {`"finished"`, `"exploded"`},
		"no time":                   {`"2026-11-23T03:00:05Z"`, `"yesterday"`},
		"a word":                    {`"solved":true`, `"solved":truth`},
		"another kind of value":     {`"seq":1`, `"seq":"1"`},
		"a comma too many":          {`"seq":1,`, `"seq":1,,`},
		"something behind":          {`"flags":["telemetry_missing"]}`, `"flags":["telemetry_missing"]}}`},
		"cut off":                   {`"flags":["telemetry_missing"]}`, `"flags":["telemetry_missing"`},
	} {
		changed := strings.Replace(line, change[0], change[1], 1)
		if changed == line {
			t.Fatalf("%s: the line has no %s", what, change[0])
		}
		if trial, ok := newDecoder().quickTrial([]byte(changed)); ok {
			t.Errorf("%s: it reads %+v", what, *trial)
		}
	}
}

// Whatever it reads, encoding/json reads the same.
func FuzzQuickMeansWhatEncodingJSONMeans(f *testing.F) {
	for _, line := range lines(f) {
		f.Add(line)
		f.Add(strings.NewReplacer(":", " : ", ",", "\t, ", `"reason":""`, `"reason":"ça va"`).Replace(line))
	}
	f.Add(`{"models":{},"flags":[],"errors":[],"sources":{}}`)
	f.Add(`{"sources":{"a":"}"}}`)
	f.Add(`{"seq":-0,"seconds":{"setup":-0.0e+0},"solved":false}`)
	f.Fuzz(func(t *testing.T, line string) {
		d := newDecoder()
		for range 2 { // the second time some of it was read before
			got, ok := d.quickTrial([]byte(line))
			if !ok {
				return
			}
			var want Trial
			if err := json.Unmarshal([]byte(line), &want); err != nil {
				t.Fatalf("it reads what encoding/json refuses (%v): %s", err, line)
			}
			if !reflect.DeepEqual(want, *got) {
				t.Fatalf("it reads %+v, encoding/json %+v: %s", *got, want, line)
			}
		}
	})
}
