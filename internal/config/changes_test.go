package config

import (
	"reflect"
	"testing"
)

// undecided are the parts of a configuration that a file does not set, and the
// candidate.
var undecided = []string{"Config.File", "Config.Unchanged", "Config.Dir", "Config.Arm", "Config.Candidate", "Config.Suite.Dataset", "Config.Suite.TaskIDs"}

// A key that is added to the file and forgotten here would be changed by a pull
// request without a word.
func TestEveryPartOfTheFileCanBeSeenToChange(t *testing.T) {
	var visit func(name string, of func(*Config) reflect.Value, typ reflect.Type)
	visit = func(name string, of func(*Config) reflect.Value, typ reflect.Type) {
		for _, u := range undecided {
			if u == name {
				return
			}
		}
		if typ.Kind() == reflect.Struct {
			for i := range typ.NumField() {
				if f := typ.Field(i); f.IsExported() {
					visit(name+"."+f.Name, func(c *Config) reflect.Value { return of(c).Field(i) }, f.Type)
				}
			}
			return
		}
		base, head := new(Config), &proposed{new(Config), newSource("f", nil)}
		at := of(head.Config)
		switch typ.Kind() {
		case reflect.Pointer:
			at.Set(reflect.New(typ.Elem()))
		case reflect.Slice:
			at.Set(reflect.MakeSlice(typ, 1, 1))
		case reflect.Map:
			at.Set(reflect.MakeMap(typ))
			at.SetMapIndex(reflect.New(typ.Key()).Elem(), reflect.New(typ.Elem()).Elem())
		case reflect.String:
			at.SetString("x")
		case reflect.Bool:
			at.SetBool(true)
		case reflect.Int:
			at.SetInt(7)
		case reflect.Float64:
			at.SetFloat(7)
		default:
			t.Fatalf("%s is a %s, which this test cannot change", name, typ)
		}
		if len(head.changesFrom(base)) == 0 {
			t.Errorf("a change of %s is not seen", name)
		}
	}
	visit("Config", func(c *Config) reflect.Value { return reflect.ValueOf(c).Elem() }, reflect.TypeFor[Config]())
}
