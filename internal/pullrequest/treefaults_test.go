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
