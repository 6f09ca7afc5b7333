package docker_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/benchgate/benchgate/internal/tamper"
	"github.com/google/go-cmp/cmp"
)

func TestChangesAreThoseSinceTheImage(t *testing.T) {
	t.Parallel()
	_, _, sb := lab(t, nil)
	sh(t, sb, `mkdir /new; echo x > /new/file; rm /bin/ls; echo x > /bin/cat.new; mv /bin/cat.new /bin/cat; rm /bin/sed; ln -s busybox /bin/sed`)
	if err := sb.StopProcesses(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	got := make(map[string]tamper.Kind)
	if err := sb.Changes(t.Context(), func(c tamper.Change) { got[c.Path] = c.Kind }); err != nil {
		t.Fatal(err)
	}
	want := map[string]tamper.Kind{
		"/new": tamper.Added, "/new/file": tamper.Added, "/bin": tamper.Modified,
		"/bin/ls": tamper.Deleted, "/bin/cat": tamper.Modified, "/bin/sed": tamper.Modified,
	}
	for path := range got {
		if _, meant := want[path]; !meant {
			delete(got, path) // mount points, and what the engine makes
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestDirectoriesAreListedByPID1(t *testing.T) {
	t.Parallel()
	_, _, sb := lab(t, nil)
	sh(t, sb, `mkdir -p /d/sub; touch "/d/a b" /d/ü; printf x > "/d/$(printf 'n\nl')"; ln -s d /link; mkfifo /pipe`)
	got, err := sb.List(t.Context(), "/d", "/link", "/none", "/pipe")
	if err != nil {
		t.Fatal(err)
	}
	if got["/d"].ID == "" || got["/d"].ID != got["/link"].ID {
		t.Errorf("/d is %q and a link to it %q", got["/d"].ID, got["/link"].ID)
	}
	if names := strings.Join(got["/d"].Names, "|"); len(got["/d"].Names) != 4 || !strings.Contains(names, "a b") || !strings.Contains(names, "n\nl") || !strings.Contains(names, "ü") {
		t.Errorf("/d has %q", got["/d"].Names)
	}
	if len(got) != 2 {
		t.Errorf("listed are %v", got)
	}
}

// An agent can leave any number of changes: they are read within the time there is.
func TestManyChangesEndWithTheirContext(t *testing.T) {
	t.Parallel()
	_, _, sb := lab(t, nil)
	sh(t, sb, `i=0; mkdir /many; while [ $i -lt 20000 ]; do : > /many/$i; i=$((i+1)); done`)
	n := 0
	began := time.Now()
	if err := sb.Changes(t.Context(), func(tamper.Change) { n++ }); err != nil || n < 20000 {
		t.Fatalf("%d changes, %v", n, err)
	}
	t.Logf("%d changes in %v", n, time.Since(began).Round(time.Millisecond))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := sb.Changes(ctx, func(tamper.Change) {}); err == nil {
		t.Error("an ended context is no error")
	}
}
