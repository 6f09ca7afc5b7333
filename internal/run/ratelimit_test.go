package run

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/benchgate/benchgate/internal/scriptedmodel"
)

// limitsOnce is the scripted model, which refuses one request of the agents because
// of its rate and names a second to wait.
func limitsOnce(t *testing.T) (url string) {
	t.Helper()
	model := scriptedmodel.New(scriptedmodel.Script{
		Fallback: scriptedmodel.Turn{Text: "done", Usage: &scriptedmodel.Usage{Output: 4000}},
	}, scriptedmodel.Options{})
	var asked atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/v1/messages" && asked.Add(1) == 2 {
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(http.StatusTooManyRequests)
			return
		}
		model.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// Who reads the verdict sees how many trials ran at a time, and that the API would
// have no more.
func TestTheVerdictSaysThatTheAPILimitedTheRate(t *testing.T) {
	result, err := Run(t.Context(), cheap(t, limitsOnce(t), "{attempts: 3, usd: 10, workers: 2}"))
	if err != nil {
		t.Fatal(err)
	}
	w := result.Verdict.Workers
	if w == nil || w.Most != 2 || w.RateLimited != 1 || w.Cuts != 1 || w.Least != 1 || w.WaitSeconds < 0.5 {
		t.Errorf("the verdict's workers are %+v, want 2, cut once to 1 by one answer, and a second's wait", w)
	}
	if all := strings.Join(result.Verdict.Warnings, "\n"); !strings.Contains(all, "the model API limited the rate: answers of 429 or 529 to 1 request") {
		t.Errorf("the warnings are %q", all)
	}
	queued := 0.0
	for _, trial := range result.Candidate.Trials {
		queued += trial.Seconds.Queue
	}
	if queued == 0 {
		t.Error("no trial says that it waited for its start")
	}
}
