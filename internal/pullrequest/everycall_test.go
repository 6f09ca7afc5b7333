package pullrequest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/pullrequest/githubtest"
)

// errand is something that is done on GitHub from its beginning to its end.
type errand struct {
	name    string
	prepare func(r *rig) // what was there before; nil: nothing
	do      func(r *rig) error

	// spared is a pattern of the refusals, as "STATUS METHOD /path", after which the
	// errand goes on, as it should; empty: there are none.
	spared string
}

// What is spared: a server without GraphQL, what is removed already, a branch that
// is not there.
const (
	noGraphQL = `^404 POST /api/graphql$`
	gone      = `^404 DELETE `
	noBranch  = `^404 GET .*/git/ref/`
)

// errands ask all that this package asks of GitHub: see
// [TestErrandsMakeEachCall].
var errands = []errand{
	{name: "a measurement", do: measurement, spared: noGraphQL},
	{name: "a measurement after one that died on another commit", prepare: func(r *rig) { build4(r, "s") }, do: measurement, spared: noGraphQL},
	{name: "a verdict, again and accepted, of a head that moved on", prepare: func(r *rig) {
		regressionOn(r)
		r.SetAccount("maintainer", githubtest.Account{Role: "maintain"})
		r.SetDate(postedOn)
		_ = annotated(r)
		r.AddLabel(7, AcceptLabel, "maintainer", postedOn.Add(time.Hour))
		r.SetDate(postedOn.Add(2 * time.Hour))
		r.SetWay(r.Tip("topic"), newer, githubtest.Way{Status: "ahead", Ahead: 3})
		p := githubtest.Pull{Number: 7, Head: newer, Author: "author", Labels: []string{AcceptLabel}}
		r.PutPull(p)
	}, do: annotated, spared: noGraphQL + `| GET .*/compare/`},
	{name: "an annotated verdict", prepare: func(r *rig) { regressionOn(r) }, do: annotated, spared: noGraphQL},
	{name: "a verdict by a user on a server without GraphQL, where comments are twice", prepare: func(r *rig) {
		r.WithoutGraphQL()
		r.SetToken(secret, githubtest.Token{Login: "octocat", Comments: true})
		for range 2 {
			r.AddComment(7, "octocat", "text\n\n"+marker{key: r.post("s").Key.hash(), head: measured, build: Build{3, 1}, state: "pass"}.String())
		}
	}, do: func(r *rig) error {
		p := r.post("s")
		p.NoCheck = true
		_, err := r.poster(p).Finish(context.Background(), verdict(r.t, "informed-regression"), Places{})
		return err
	}, spared: noGraphQL + `|` + gone},
	{name: "an alarm", do: func(r *rig) error { return r.night("pass_rate") }, spared: noGraphQL},
	{name: "an alarm that changes", prepare: func(r *rig) { r.told(1, nightly("pass_rate", ""), Created) }, do: func(r *rig) error { return r.night("pass_rate cost") }, spared: noGraphQL},
	{name: "an alarm's end, where issue and comment are twice", prepare: func(r *rig) {
		r.told(1, nightly("pass_rate", ""), Created)
		i := r.onlyIssue()
		r.AddIssue(i.Login, i.Title, i.Body)
		m, _ := readIssueMark(i.Body)
		for range 2 {
			r.AddComment(i.Number, i.Login, "over\n\n"+changeMark(m.build, stateEnded, m.alarm))
		}
	}, do: func(r *rig) error { return r.night("") }, spared: noGraphQL + `|` + gone},
	{name: "the first run of a branch", do: func(r *rig) error { return r.baselines().Accept(context.Background(), run("r1"), ledger()) }, spared: noBranch},
	{name: "runs stored, promoted and read", prepare: savedRuns, do: storedRuns, spared: noBranch},
	{name: "a proposal", do: func(r *rig) error {
		_, err := r.baselines().Propose(context.Background(), Proposal{Run: run("r1"), Ledger: ledger()})
		return err
	}, spared: noBranch},
	{name: "a proposal of a stored run", prepare: savedRuns, do: func(r *rig) error {
		_, err := r.baselines().Propose(context.Background(), Proposal{Run: run("r0"), Stored: true})
		return err
	}, spared: noBranch},
	{name: "all that is read", prepare: func(r *rig) { r.uploads(); headOf(r) }, do: everythingRead},
}

// measurement begins, goes on and ends, as three processes of one CI run.
func measurement(r *rig) error {
	p := r.poster(r.post("s"))
	_, begun := p.Begin(context.Background(), underWay(0))
	p.told = time.Time{}
	_, goesOn := p.Progress(context.Background(), underWay(5))
	_, ended := r.poster(r.post("s")).Finish(context.Background(), verdict(r.t, "informed-regression"), Places{})
	return errors.Join(begun, goesOn, ended)
}

func annotated(r *rig) error {
	p := r.post("s")
	p.Head, p.Accept = r.Tip("topic"), AcceptLabel
	_, err := r.poster(p).Finish(context.Background(), verdict(r.t, "informed-regression"), placesOf)
	return err
}

// night tells of the alarms of the second night.
func (r *rig) night(holding string) error {
	_, err := r.drifts(2, nightly(holding, ""))
	return err
}

func savedRuns(r *rig) {
	if err := r.baselines().Save(context.Background(), run("r0"), ledger()); err != nil {
		r.t.Fatal(err)
	}
}

func storedRuns(r *rig) error {
	ctx := context.Background()
	_, listed := r.baselines().List(ctx, baselines.Query{})
	accepted := r.baselines().Accept(ctx, run("r1"), ledger())
	promoted := r.baselines().Promote(ctx, "r0")
	text, read := r.baselines().Ledger(ctx, "r0")
	if read == nil {
		_, read = io.Copy(io.Discard, text)
		text.Close()
	}
	return errors.Join(listed, accepted, promoted, read)
}

func everythingRead(r *rig) (err error) {
	ctx, repository, head := context.Background(), r.repository(), r.Tip("topic")
	for _, name := range slices.Sorted(maps.Keys(reads)) {
		err = errors.Join(err, reads[name].read(r.repository()))
	}
	_, ofAll := repository.ArtifactsLike(ctx, regexp.MustCompile(`.`))
	file, ofFile := repository.File(ctx, head, "tasks/lru-cache/solve.sh", 4096)
	there, ofPaths := repository.Existing(ctx, head, []string{"benchgate.yaml", "none"})
	if ofFile == nil && (string(file.Text) != "#!/bin/sh\n" || !file.Executable) || ofPaths == nil && (!there["benchgate.yaml"] || there["none"]) {
		r.t.Errorf("it reads %q, and finds %v", file.Text, there)
	}
	return errors.Join(err, ofAll, ofFile, ofPaths)
}

// finds is what people and gates find on GitHub, in lines without numbers that
// GitHub gives. What was ended as a second of its kind is left out.
func (r *rig) finds() []string {
	var all []string
	for _, c := range r.Comments() {
		all = append(all, fmt.Sprintf("comment of %s: %s", c.Login, c.Body))
	}
	for _, c := range r.Checks() {
		if c.Conclusion != "cancelled" || !strings.Contains(c.ExternalID, "run=5.1") {
			all = append(all, fmt.Sprintf("check run %q of %s: %q %q, %v, %s", c.Name, c.Head, c.Conclusion, c.Title, c.Annotations, c.ExternalID))
		}
	}
	for _, i := range r.Issues() {
		if i.State == "open" || !strings.HasPrefix(i.Body, "Opened twice") {
			all = append(all, fmt.Sprintf("%s issue of %s: %q %s", i.State, i.Login, i.Title, i.Body))
		}
	}
	for _, p := range r.Proposals() {
		all = append(all, fmt.Sprintf("pull request from %s to %s: %q %s", p.Head, p.Base, p.Title, p.Body))
	}
	for _, branch := range r.Branches() {
		all = append(all, fmt.Sprintf("branch %s: %v", branch, r.Files(branch)))
	}
	slices.Sort(all)
	return all
}

// withoutSeconds drops what is there twice, which only of a check run may be.
func withoutSeconds(lines []string) []string {
	return slices.CompactFunc(slices.Clone(lines), func(a, b string) bool { return a == b && strings.HasPrefix(a, "check run ") })
}

// eachCall runs a test for each kind of request that an errand makes when all goes
// well, with what is found on GitHub then.
func (e errand) eachCall(t *testing.T, test func(t *testing.T, call string, want []string)) {
	t.Run(e.name, func(t *testing.T) {
		t.Parallel()
		r := e.ready(t)
		before := len(r.Calls())
		if err := e.do(r); err != nil {
			t.Fatal(err)
		}
		kinds := make(map[string]bool)
		for _, call := range r.Calls()[before:] {
			kinds[kindOfCall(call)] = true
		}
		for _, call := range slices.Sorted(maps.Keys(kinds)) {
			t.Run(call, func(t *testing.T) { test(t, call, withoutSeconds(r.finds())) })
		}
	})
}

func (e errand) ready(t *testing.T) *rig {
	r := newRig(t)
	r.SetDate(postedOn)
	if e.prepare != nil {
		e.prepare(r)
	}
	return r
}

var numbers = regexp.MustCompile(`/([0-9]+|[0-9a-f]{40})(\.\.\.[0-9a-f]{40})?(/|$)`)

// kindOfCall is a request without the numbers and commits of its path.
func kindOfCall(call string) string { return numbers.ReplaceAllString(call, "/N$3") }

// patternOf matches the requests of a kind.
func patternOf(kind string) *regexp.Regexp {
	method, path, _ := strings.Cut(kind, " ")
	path = strings.ReplaceAll(regexp.QuoteMeta(path), "/N", `/[0-9a-f.]+`)
	return regexp.MustCompile("^" + method + " (/api/v3)?" + path + "$")
}

// passingFaults are those that end by themselves.
func passingFaults() map[string]githubtest.Fault {
	soon := strconv.FormatInt(time.Now().Add(20*time.Second).Unix(), 10)
	return map[string]githubtest.Fault{
		"500 twice":            {Status: 500, Times: 2},
		"502 after it is done": {Status: 502, Done: true},
		"429":                  {Status: 429, Message: "Too many requests", Header: map[string]string{"Retry-After": "3"}},
		"secondary limit": {
			Status: 403, Message: "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
			Header: map[string]string{"Retry-After": "2"},
		},
		"limit used up": {
			Status: 403, Message: "API rate limit exceeded for installation ID 1.",
			Header: map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Limit": "1000", "X-RateLimit-Reset": soon},
		},
		"the last request of the limit": {
			Header: map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Limit": "1000", "X-RateLimit-Reset": soon},
		},
		"reset after it is done":     {Reset: true, Done: true},
		"no answer after it is done": {Hang: true, Done: true},
		"half an answer":             {Broken: true},
		"carried out twice":          {Twice: true},
	}
}

// Of each call, whatever passes leaves on GitHub what there is without it.
func TestEachCallOutlastsWhatPasses(t *testing.T) {
	var hung sync.Map // waiting for an answer takes time: once for each kind of call
	for _, e := range errands {
		e.eachCall(t, func(t *testing.T, call string, want []string) {
			for name, fault := range passingFaults() {
				r := e.ready(t)
				if fault.Hang {
					if _, known := hung.LoadOrStore(call, true); known {
						continue
					}
					r.answerTime = 300 * time.Millisecond
				}
				fault.On, fault.Times = patternOf(call), max(fault.Times, 1)
				r.Fail(fault)
				err := e.do(r)
				if diff := cmp.Diff(want, withoutSeconds(r.finds())); err != nil || diff != "" {
					t.Errorf("%s: %v (-want +got):\n%s", name, err, diff)
				}
			}
		})
	}
}

// Of each call, what GitHub refuses is said; nothing passes by it; and once it is
// mended, doing it again leaves what there is without the refusal.
func TestEachCallThatIsRefused(t *testing.T) {
	for _, e := range errands {
		e.eachCall(t, func(t *testing.T, call string, want []string) {
			for _, status := range []int{401, 403, 404, 409, 422, 429, 500} {
				r := e.ready(t)
				r.Fail(githubtest.Fault{On: patternOf(call), Status: status, Message: "refused", Times: 500})
				err := e.do(r)
				refusal := strconv.Itoa(status) + " " + call
				spared := e.spared != "" && regexp.MustCompile(e.spared).MatchString(refusal)
				if said := err != nil && strings.Contains(err.Error(), strconv.Itoa(status)); said == spared {
					t.Errorf("%d: it says %v", status, err)
				}
				for _, line := range r.finds() {
					if strings.HasPrefix(line, "check run ") && strings.Contains(line, `"success"`) && !slices.Contains(want, line) {
						t.Errorf("%d: it passes: %s", status, line)
					}
				}
				if regexp.MustCompile(gone).MatchString(refusal) {
					continue // it cannot be told from one that is gone
				}
				r.Heal()
				err = e.do(r)
				if diff := cmp.Diff(want, withoutSeconds(r.finds())); err != nil || diff != "" {
					t.Errorf("%d, mended: %v (-want +got):\n%s", status, err, diff)
				}
			}
		})
	}
}
