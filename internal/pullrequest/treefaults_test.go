package pullrequest

import (
	"errors"
	"io/fs"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/benchgate/benchgate/internal/pullrequest/githubtest"
)

// treeReads are the three requests by which a file of a commit is found.
var treeReads = map[string]*regexp.Regexp{
	"the commit":    regexp.MustCompile(`^GET .*/git/commits/`),
	"the directory": regexp.MustCompile(`^GET .*/git/trees/`),
	"the file":      regexp.MustCompile(`^GET .*/git/blobs/`),
}

// What passes is waited for.
func TestReadingAFileOutlastsFaults(t *testing.T) {
	for name, fault := range map[string]githubtest.Fault{
		"429":              {Status: http.StatusTooManyRequests, Header: map[string]string{"Retry-After": "7"}},
		"a limit as 403":   {Status: http.StatusForbidden, Message: "You have exceeded a secondary rate limit", Header: map[string]string{"Retry-After": "7"}},
		"500":              {Status: http.StatusInternalServerError},
		"502":              {Status: http.StatusBadGateway},
		"503":              {Status: http.StatusServiceUnavailable},
		"a reset":          {Reset: true},
		"half an answer":   {Broken: true},
		"none for so long": {Hang: true},
	} {
		for what, on := range treeReads {
			t.Run(name+" of "+what, func(t *testing.T) {
				r := newRig(t)
				head := headOf(r)
				r.answerTime = 300 * time.Millisecond
				fault.On, fault.Times = on, 2
				r.Fail(fault)
				file, err := r.repository().File(t.Context(), head, "tasks/lru-cache/solve.sh", 4096)
				if err != nil || string(file.Text) != "#!/bin/sh\n" || !file.Executable {
					t.Errorf("the file is %q, %v", file.Text, err)
				}
				r.Heal()
				r.Fail(fault)
				there, err := r.repository().Existing(t.Context(), head, []string{"benchgate.yaml", "none"})
				if err != nil || !there["benchgate.yaml"] || there["none"] {
					t.Errorf("there are %v, %v", there, err)
				}
			})
		}
	}
}

// What stays is an error that says what to do. It is never that there is no such
// file: without one a pull request proposes nothing, and is judged by that.
func TestAFileThatCannotBeReadIsNotMissing(t *testing.T) {
	for name, c := range map[string]struct {
		fault githubtest.Fault
		says  string
	}{
		"401":          {githubtest.Fault{Status: http.StatusUnauthorized, Message: "Bad credentials"}, "is wrong or has expired"},
		"403":          {githubtest.Fault{Status: http.StatusForbidden, Message: "Resource not accessible by integration"}, `add "contents: read"`},
		"404":          {githubtest.Fault{Status: http.StatusNotFound, Message: "Not Found"}, `add "contents: read"`},
		"409":          {githubtest.Fault{Status: http.StatusConflict, Message: "Git Repository is empty."}, "409"},
		"429":          {githubtest.Fault{Status: http.StatusTooManyRequests}, "429"},
		"500":          {githubtest.Fault{Status: http.StatusInternalServerError}, "500"},
		"503":          {githubtest.Fault{Status: http.StatusServiceUnavailable}, "503"},
		"resets":       {githubtest.Fault{Reset: true}, "EOF"},
		"half answers": {githubtest.Fault{Broken: true}, "EOF"},
		"no answer":    {githubtest.Fault{Hang: true}, "no answer within"},
		"another JSON": {githubtest.Fault{Status: http.StatusOK}, "reading"},
	} {
		for what, on := range treeReads {
			t.Run(name+" of "+what, func(t *testing.T) {
				r := newRig(t)
				head := headOf(r)
				r.answerTime = 30 * time.Millisecond
				c.fault.On = on
				r.Fail(c.fault)
				file, err := r.repository().File(t.Context(), head, "benchgate.yaml", 4096)
				if err == nil || errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrInvalid) || !strings.Contains(err.Error(), c.says) || len(file.Text) > 0 {
					t.Errorf("reading a file = %q, %v; want an error with %q", file.Text, err, c.says)
				}
				if what == "the file" {
					return // whose content nobody asks for here
				}
				there, err := r.repository().Existing(t.Context(), head, []string{"benchgate.yaml"})
				if err == nil || len(there) > 0 || !strings.Contains(err.Error(), c.says) {
					t.Errorf("looking for it = %v, %v; want an error with %q", there, err, c.says)
				}
			})
		}
	}
}
