package benchgate

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/internal/golden"
)

const (
	roomsHead = "| package | what it knows | may import |\n| --- | --- | --- |\n"
	unsaid    = "?" // stands where nobody has said yet what a package knows
)

// CONTRIBUTING.md has a line for each room. What the room knows is written
// there by people; what it may import comes from the table of imports_test.go.
func TestContributingNamesEachRoom(t *testing.T) {
	before, rest, found := strings.Cut(read(t, "CONTRIBUTING.md"), roomsHead)
	if !found {
		t.Fatalf("CONTRIBUTING.md has no table with the head\n%s", roomsHead)
	}
	table, after, _ := strings.Cut(rest, "\n\n")
	table += "\n"
	knows := make(map[string]string)
	for line := range strings.Lines(table) {
		cells := strings.Split(line, " | ")
		if len(cells) != 3 {
			t.Fatalf("the table of CONTRIBUTING.md has a line with %d cells, want 3: %s", len(cells), line)
		}
		knows[strings.Trim(cells[0], "|` ")] = cells[1]
	}
	want := roomsTable(knows)
	switch {
	case table == want:
	case *golden.Update:
		if err := os.WriteFile("CONTRIBUTING.md", []byte(before+roomsHead+want+"\n"+after), 0o644); err != nil {
			t.Fatal(err)
		}
	default:
		t.Errorf("CONTRIBUTING.md is behind imports_test.go: run go test . -update and read what changes. It has\n%s\nwant\n%s", table, want)
	}
	for _, r := range rooms {
		if k := knows[r.dir]; k == "" || k == unsaid {
			t.Errorf("CONTRIBUTING.md does not say what %s knows", r.dir)
		}
	}
}

// roomsTable is the table's body, with the rooms that are for tests last.
func roomsTable(knows map[string]string) string {
	product := slices.Clone(rooms)
	slices.SortStableFunc(product, func(a, b room) int {
		switch {
		case (a.is == forTests) == (b.is == forTests):
			return 0
		case a.is == forTests:
			return 1
		}
		return -1
	})
	var b strings.Builder
	for _, r := range product {
		k := knows[r.dir]
		if k == "" {
			k = unsaid
		}
		b.WriteString("| `" + r.dir + "` | " + k + " | " + mayImport(r) + " |\n")
	}
	return b.String()
}

// mayImport is the last cell of a room's line.
func mayImport(r room) string {
	var parts []string
	for _, dir := range r.mayImport {
		parts = append(parts, "`"+strings.TrimPrefix(dir, "internal/")+"`")
	}
	words := strings.Join(parts, ", ")
	if words == "" {
		words = "nothing"
	}
	switch r.is {
	case pure:
		return words + "; pure"
	case forTests:
		return words + "; for tests"
	}
	return words
}

var dependencyRow = regexp.MustCompile(`(?m)^\| ([^|]+) \| [^|]+ \|$`)

// The page has a reason for every direct dependency, and none for others.
func TestContributingNamesEachDependency(t *testing.T) {
	_, table, found := strings.Cut(read(t, "CONTRIBUTING.md"), "## Direct dependencies, and why\n")
	if !found {
		t.Fatal("CONTRIBUTING.md has no part on direct dependencies")
	}
	table, _, _ = strings.Cut(table, "\n## ")
	var named []string
	for _, row := range dependencyRow.FindAllStringSubmatch(table, -1) {
		for _, code := range mdCode.FindAllStringSubmatch(row[1], -1) {
			named = append(named, majorVersion.ReplaceAllString(code[1], ""))
		}
	}
	direct := directModules(t)
	isOf := func(module, name string) bool { return module == name || strings.HasSuffix(module, "/"+name) }
	for _, module := range direct {
		if !slices.ContainsFunc(named, func(name string) bool { return isOf(module, name) }) {
			t.Errorf("CONTRIBUTING.md does not say why %s is needed", module)
		}
	}
	for _, name := range named {
		if !slices.ContainsFunc(direct, func(module string) bool { return isOf(module, name) }) {
			t.Errorf("CONTRIBUTING.md says why %s is needed, which is no direct dependency", name)
		}
	}
}
