package dashboard

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/benchgate/benchgate/internal/golden"
)

const page = "../../docs/dashboards.md"

var marked = regexp.MustCompile(`(?s)<!-- checked: (\w+) -->\n(.*?)<!-- end -->`)

// The page's blocks are written from what is here; -update writes them.
func TestThePageHasEachPanel(t *testing.T) {
	blocks := map[string]string{"panels": panelTable()}
	text := readPage(t)
	for _, m := range marked.FindAllStringSubmatch(text, -1) {
		want, known := blocks[m[1]]
		if !known {
			t.Errorf("nothing writes block %q", m[1])
			continue
		}
		delete(blocks, m[1])
		if *golden.Update {
			text = strings.Replace(text, m[0], "<!-- checked: "+m[1]+" -->\n"+want+"<!-- end -->", 1)
		} else if diff := cmp.Diff(want, m[2]); diff != "" {
			t.Errorf("the page is behind the panels (-panels +page): run with -update\n%s", diff)
		}
	}
	for name := range blocks {
		t.Errorf("the page has no block %q", name)
	}
	if *golden.Update {
		if err := os.WriteFile(page, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func readPage(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func panelTable() string {
	var b strings.Builder
	for _, r := range rows() {
		fmt.Fprintf(&b, "### %s\n\n| panel | what it shows | from | Grafana |\n| --- | --- | --- | --- |\n", r.title)
		for _, p := range r.panels {
			onGrafana := "yes"
			if p.noMetric != "" {
				onGrafana = "no: " + p.noMetric
			}
			fmt.Fprintf(&b, "| %s | %s%s | %s | %s |\n", p.title, p.why, groupsOf(p.panel), sources(p.panel), onGrafana)
		}
		b.WriteString("\n")
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func groupsOf(p panel) string {
	if len(p.by) == 0 || p.show == list {
		return ""
	}
	return " By `" + strings.Join(p.by, "`, `") + "`."
}

// sources are the metrics, events and spans that a panel reads.
func sources(p panel) string {
	var all []string
	for _, t := range p.terms {
		name := map[signal]string{metrics: "", logs: "event ", spans: "spans "}[t.signal] + "`" + t.of + "`"
		if t.of == anySpan {
			name = "all spans"
		}
		if len(all) == 0 || !strings.Contains(strings.Join(all, " "), name) {
			all = append(all, name)
		}
	}
	return strings.Join(all, ", ")
}
