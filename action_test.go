package benchgate

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"

	"github.com/benchgate/benchgate/internal/golden"
	"github.com/benchgate/benchgate/internal/workflow"
)

// actionFile is what the tests read of an action.yml, in the file's order.
type actionFile struct {
	Inputs, Outputs entries
	Runs            struct {
		Using, Image, Entrypoint string
		PostEntrypoint           string `yaml:"post-entrypoint"`
		Args                     []string
		Steps                    []struct {
			ID, Run, Shell, If string
			Env                entries
		}
	}
}

// entries are a mapping in its order.
type entries []entry

type entry struct {
	name                        string
	text                        string // of a plain value
	Description, Default, Value string // of a mapping
}

func (e *entries) UnmarshalYAML(n *yaml.Node) error {
	for i := 0; i+1 < len(n.Content); i += 2 {
		one := entry{name: n.Content[i].Value, text: n.Content[i+1].Value}
		if n.Content[i+1].Kind == yaml.MappingNode {
			if err := n.Content[i+1].Decode(&one); err != nil {
				return err
			}
		}
		*e = append(*e, one)
	}
	return nil
}

func readAction(t *testing.T, name string) actionFile {
	t.Helper()
	var a actionFile
	if err := yaml.Unmarshal([]byte(read(t, name)), &a); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return a
}

// Both variants of the Action have the inputs and outputs of the program's own
// tables, word for word.
func TestActionsDescribeTheProgramsInputsAndOutputs(t *testing.T) {
	var inputs, outputs []string
	for _, in := range workflow.Inputs() {
		inputs = append(inputs, fmt.Sprintf("%s = %q: %s", in.Name, in.Default, in.Description))
	}
	for _, out := range workflow.Outputs() {
		outputs = append(outputs, out.Name+": "+out.Description)
	}
	for _, name := range []string{"action.yml", "action-binary/action.yml"} {
		a := readAction(t, name)
		var hasInputs, hasOutputs []string
		for _, in := range a.Inputs {
			hasInputs = append(hasInputs, fmt.Sprintf("%s = %q: %s", in.name, in.Default, in.Description))
		}
		for _, out := range a.Outputs {
			hasOutputs = append(hasOutputs, out.name+": "+out.Description)
		}
		if diff := cmp.Diff(inputs, hasInputs); diff != "" {
			t.Errorf("inputs of %s (-internal/workflow +file):\n%s", name, diff)
		}
		if diff := cmp.Diff(outputs, hasOutputs); diff != "" {
			t.Errorf("outputs of %s (-internal/workflow +file):\n%s", name, diff)
		}
	}
}

// Arguments would be the same for the post step, and an empty entrypoint would
// leave to the workflow what is started.
func TestTheContainerActionStartsByName(t *testing.T) {
	runs := readAction(t, "action.yml").Runs
	if runs.Using != "docker" || runs.Image != "Dockerfile" || runs.Entrypoint != "/benchgate-action" || runs.PostEntrypoint != "/benchgate-action-post" || runs.Args != nil {
		t.Errorf("action.yml runs %+v", runs)
	}
	for _, name := range []string{runs.Entrypoint, runs.PostEntrypoint} {
		if !strings.Contains(read(t, "Dockerfile"), "ln -s benchgate /out"+name) {
			t.Errorf("the image of Dockerfile has no %s", name)
		}
	}
}

// The binary variant hands over every input in the environment, where no shell
// reads it, and no script has an expression of GitHub's in it.
func TestTheBinaryActionPassesInputsOnInTheEnvironment(t *testing.T) {
	a := readAction(t, "action-binary/action.yml")
	var want []string
	for _, in := range workflow.Inputs() {
		want = append(want, workflow.Variable(in.Name)+"=${{ inputs."+in.Name+" }}")
	}
	if len(a.Runs.Steps) != 3 || a.Runs.Steps[1].ID != "main" || a.Runs.Steps[2].If != "always()" {
		t.Fatalf("steps %+v", a.Runs.Steps)
	}
	for i, s := range a.Runs.Steps {
		if strings.Contains(s.Run, "${{") || s.Shell != "bash" { // dash drops variables with hyphens
			t.Errorf("step %d runs %q with %s", i, s.Run, s.Shell)
		}
		var env []string
		for _, e := range s.Env {
			env = append(env, e.name+"="+e.text)
		}
		if diff := cmp.Diff(want, env); i > 0 && diff != "" {
			t.Errorf("environment of step %d (-want +file):\n%s", i, diff)
		}
	}
	for _, out := range a.Outputs {
		if out.Value != "${{ steps.main.outputs."+out.name+" }}" {
			t.Errorf("output %s is %s", out.name, out.Value)
		}
	}
}

// docs/github.md lists them all; go test . -update writes the tables.
func TestTheGuideListsInputsAndOutputs(t *testing.T) {
	var in, out strings.Builder
	in.WriteString("| input | default | what it is |\n| --- | --- | --- |\n")
	for _, i := range workflow.Inputs() {
		value := "–"
		if i.Default != "" {
			value = "`" + i.Default + "`"
		}
		fmt.Fprintf(&in, "| `%s` | %s | %s |\n", i.Name, value, i.Description)
	}
	out.WriteString("| output | what it is |\n| --- | --- |\n")
	for _, o := range workflow.Outputs() {
		fmt.Fprintf(&out, "| `%s` | %s |\n", o.Name, o.Description)
	}
	text := read(t, "docs/github.md")
	want := withTable(t, withTable(t, text, in.String()), out.String())
	switch {
	case text == want:
	case *golden.Update:
		if err := os.WriteFile("docs/github.md", []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	default:
		t.Errorf("docs/github.md is behind internal/workflow: run go test . -update (-want +file):\n%s", cmp.Diff(want, text))
	}
}

// withTable puts a table in the place of the one with the same head.
func withTable(t *testing.T, text, table string) string {
	t.Helper()
	head, _, _ := strings.Cut(table, "\n")
	before, rest, found := strings.Cut(text, head+"\n")
	if !found {
		t.Fatalf("docs/github.md has no table with the head %s", head)
	}
	lines := strings.SplitAfter(rest, "\n")
	end := slices.IndexFunc(lines, func(line string) bool { return !strings.HasPrefix(line, "|") })
	if end < 0 {
		end = len(lines)
	}
	return before + table + strings.Join(lines[end:], "")
}
