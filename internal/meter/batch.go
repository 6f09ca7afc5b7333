package meter

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"

	"github.com/benchgate/benchgate/internal/prices"
)

// A batch of messages is answered after hours. The line of the request that made it
// has no tokens and an Unknown, until its results have passed, all of them: then each
// has a line of its own, and the first one is written again without the Unknown.

// aBatch is why the cost of a batch is not known.
const aBatch = "a batch of messages"

const (
	// maxResults is how many results of one trial are booked. Of a batch that has more
	// the cost is not known: a line of each is kept in memory.
	maxResults = 10_000

	// maxResult is the longest result that is read, in bytes. What a model writes at
	// most takes less than a megabyte.
	maxResult = 4 << 20
)

var resultsOf = regexp.MustCompile(`^/v1/messages/batches/([A-Za-z0-9][A-Za-z0-9._:@-]*)/results$`)

// resultsReader reads a batch's results as they pass: JSON, one a line.
type resultsReader struct {
	batch string
	found []result
	line  []byte // the last one, as far as it has come
	lines int    // how many were read, also of results that cost nothing
	lost  bool   // something was not read
}

type result struct {
	customID string
	usage    usage
}

// batchID is the id of the batch that the answer tells of; empty when it does not.
func (w *watch) batchID() string {
	var made struct {
		ID string `json:"id"`
	}
	_ = json.Unmarshal(w.message.Bytes(), &made)
	return capped(made.ID)
}

func (r *resultsReader) bytes(b []byte) {
	for {
		end := bytes.IndexByte(b, '\n')
		piece := b[:max(end, 0)]
		if end < 0 {
			piece = b
		}
		if len(r.line)+len(piece) > maxResult {
			r.lost, piece = true, nil
		}
		r.line = append(r.line, piece...)
		if end < 0 {
			return
		}
		r.read()
		b = b[end+1:]
	}
}

// read takes the line. What did not succeed is not billed.
func (r *resultsReader) read() {
	line := bytes.TrimSpace(r.line)
	r.line = r.line[:0]
	if len(line) == 0 {
		return
	}
	r.lines++
	var one struct {
		CustomID string `json:"custom_id"`
		Result   struct {
			Type    string          `json:"type"`
			Message json.RawMessage `json:"message"`
		} `json:"result"`
	}
	switch err := json.Unmarshal(line, &one); {
	case err != nil || one.Result.Type == "" || len(r.found) >= maxResults:
		r.lost = true
	case one.Result.Type == "succeeded":
		u := messageUsage(one.Result.Message)
		u.tier = prices.Batch
		r.found = append(r.found, result{capped(one.CustomID), u})
		r.lost = r.lost || !u.complete
	}
}

// bookResults gives the results that passed, and were not booked before, a line each.
// When all of a batch have passed, its own cost is known to be theirs.
func (m *Meter) bookResults(x *exchange, r *resultsReader, whole bool) error {
	if len(r.line) > 0 {
		r.read()
	}
	m.mu.Lock()
	lines, all := x.admission.account.newResults(r, x.asked)
	if made, known := x.admission.account.batch(r.batch); known && whole && all && r.lines > 0 {
		made.Unknown = nil
		lines = append(lines, made)
	}
	for i := range lines {
		lines[i].Time = at(m.now())
		lines[i] = lines[i].Repriced(m.prices)
		m.book(lines[i])
	}
	m.mu.Unlock()
	if m.ledger == nil || len(lines) == 0 {
		return nil
	}
	return m.ledger.append(lines...)
}

// newResults are the finished lines of results that the account does not have. All
// is false when some were not read, or are too many.
func (a *account) newResults(r *resultsReader, asked Entry) (lines []Entry, all bool) {
	all = !r.lost
	for _, one := range r.found {
		switch {
		case a.results[[2]string{r.batch, one.customID}]:
			continue
		case len(a.results) >= maxResults:
			return lines, false
		}
		a.addResult(r.batch, one.customID)
		a.requests++
		line := Entry{
			Schema: SchemaV1, Kind: Finished, Trial: asked.Trial, Request: a.requests, Batch: r.batch, CustomID: one.customID,
			Model: one.usage.model, SessionID: asked.SessionID, AgentID: asked.AgentID, Status: 200,
		}
		line.take(one.usage)
		lines = append(lines, line)
	}
	return lines, all
}

func (a *account) addResult(batch, customID string) {
	if a.results == nil {
		a.results = make(map[[2]string]bool)
	}
	a.results[[2]string{batch, customID}] = true
}

// batch is the finished line of the request that made the batch; known is false when
// there is none, or its cost is known already.
func (a *account) batch(id string) (made Entry, known bool) {
	i := slices.IndexFunc(a.entries, func(e Entry) bool { return e.Batch == id && e.CustomID == "" && len(e.Unknown) > 0 })
	if i < 0 {
		return Entry{}, false
	}
	return a.entries[i], true
}

// made reports whether the line is that of a request that made a batch.
func (e Entry) made() bool { return e.Batch != "" && e.CustomID == "" }

// replace puts a batch's line in the place of the one before it; false: there is none.
func (a *account) replace(line Entry) bool {
	i := slices.IndexFunc(a.entries, func(e Entry) bool { return e.Kind == Finished && e.Request == line.Request })
	if i >= 0 {
		a.entries[i] = line
	}
	return i >= 0
}

// maxBatchObject is how many bytes of an answer about batches are looked into.
const maxBatchObject = 1 << 20

var resultsURL = regexp.MustCompile(`("results_url"\s*:\s*")https?:[^"]*?(/v1/messages/batches/[^"/]+/results")`)

// leadResults changes the address at which an answer says that a batch's results are:
// to the meter's, as clients ask there with all that they log in with.
func leadResults(answer *http.Response, r *http.Request) error {
	if answer.Header.Get("Content-Encoding") != "" {
		return nil
	}
	head, err := io.ReadAll(io.LimitReader(answer.Body, maxBatchObject))
	if err != nil {
		return fmt.Errorf("reading the upstream's answer: %w", err)
	}
	token, _ := cutToken(r.URL.Path)
	changed := resultsURL.ReplaceAll(head, []byte("${1}http://"+r.Host+"/"+token+"${2}"))
	answer.Header.Del("Content-Length")
	answer.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(changed), answer.Body), answer.Body}
	return nil
}
