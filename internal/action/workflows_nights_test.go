package action_test

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/pullrequest/githubtest"
)

// afterNights is a repository_dispatch on a branch of baselines that has more nights
// by then: copies of the first one that is there, a day apart from so many days before
// it, each solved (s) or failed (f).
func afterNights(days int, came string) func(*gated) occasion {
	return func(g *gated) occasion {
		const branch = "benchgate-baselines"
		for path, text := range g.Files(branch) {
			id, is := strings.CutSuffix(path, "/run.jsonl")
			if !is || strings.HasPrefix(id, "earlier-") {
				continue
			}
			for n, letter := range came {
				g.Put(branch, "100644", g.nightBefore(id, text, days-n, letter == 's'))
			}
			break
		}
		o := onBranch("repository_dispatch", "main", g)
		o.payload = githubtest.NewPayload(githubtest.Payload{"action": "benchgate-nightly", "client_payload": githubtest.Payload{}})
		return o
	}
}

// nightBefore are the files of a stored run as one of some days before.
func (g *gated) nightBefore(id, text string, days int, solved bool) map[string]string {
	r, err := baselines.Decode(strings.NewReader(text), id)
	if err != nil {
		g.t.Fatal(err)
	}
	r.Header.ID, r.Header.Created = fmt.Sprintf("earlier-%02d", days), r.Header.Created.AddDate(0, 0, -days)
	for i := range r.Trials {
		r.Trials[i].Solved = &solved
	}
	var b bytes.Buffer
	if err := baselines.Encode(&b, r); err != nil {
		g.t.Fatal(err)
	}
	files := map[string]string{r.Header.ID + "/run.jsonl": b.String()}
	for path := range g.Files("benchgate-baselines") {
		if name, is := strings.CutPrefix(path, id+"/fingerprint-"); is {
			files[r.Header.ID+"/fingerprint-"+name] = ""
		}
	}
	return files
}
