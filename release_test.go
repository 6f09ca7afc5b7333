package benchgate

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// released is a repository with the files that a release changes.
func released(t *testing.T) (dir string, run func(name string, args ...string) string) {
	t.Helper()
	dir = t.TempDir()
	for _, name := range []string{"action.yml", "action-binary/checksums.txt", "action-binary/steps.sh", ".ci/pin"} {
		to := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(to, []byte(read(t, name)), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	run = func(name string, args ...string) string {
		t.Helper()
		cmd := exec.Command(name, args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s %q: %v\n%s", name, args, err, out)
		}
		return string(out)
	}
	run("git", "init", "--quiet", "--initial-branch=main")
	run("git", "add", "--all")
	run("git", "commit", "--quiet", "--message=first")
	return dir, run
}

// A tag names its image by digest and knows the sums of all releases until then,
// while main stays as it is.
func TestAReleasePinsItsImageAndPrograms(t *testing.T) {
	dir, run := released(t)
	release := func(version, digit string) {
		t.Helper()
		digest, sums := strings.Repeat(digit, 64), filepath.Join(dir, "..", version)
		if err := os.WriteFile(sums, []byte(digest+"  benchgate-darwin-arm64\n"+digest+"  benchgate-linux-amd64\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		run("git", "checkout", "--quiet", "--detach", "main")
		run(".ci/pin", version, "docker://ghcr.io/benchgate/benchgate@sha256:"+digest, sums)
		run("git", "commit", "--quiet", "--all", "--message", "release: "+version)
		run("git", "tag", version)
		run("git", "tag", "--force", "v0")
	}
	release("v0.1.0", "1")
	release("v0.2.0", "2")
	want := strings.Replace(read(t, "action.yml"), "image: Dockerfile", "image: docker://ghcr.io/benchgate/benchgate@sha256:"+strings.Repeat("2", 64), 1)
	if diff := cmp.Diff(want, run("git", "show", "v0:action.yml")); diff != "" {
		t.Errorf("action.yml of the tag (-want +got):\n%s", diff)
	}
	one, two := strings.Repeat("1", 64), strings.Repeat("2", 64)
	lines := one + " v0.1.0 darwin-arm64\n" + one + " v0.1.0 linux-amd64\n" + two + " v0.2.0 darwin-arm64\n" + two + " v0.2.0 linux-amd64\n"
	if diff := cmp.Diff(read(t, "action-binary/checksums.txt")+lines, run("git", "show", "v0.2.0:action-binary/checksums.txt")); diff != "" {
		t.Errorf("checksums of the tag (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(read(t, "action-binary/checksums.txt"), run("git", "show", "main:action-binary/checksums.txt")); diff != "" {
		t.Errorf("main changed:\n%s", diff)
	}
}

// What action-binary downloads in these tests: it tells how it was called.
const program = `#!/usr/bin/env bash
echo "called with $*"
if [ "$2" = --post ]; then
  printf 'check is %s, run is %s\n' "$STATE_check" "$STATE_run"
else
  env | grep '^INPUT_CANDIDATE-MODEL='
  printf 'run<<w1\nfirst\nsecond<<w1\nw1\ncheck<<w2\n42\nw2\n' >>"$GITHUB_STATE"
  exit 3
fi
`

func TestTheBinaryActionStartsOnlyWhatItKnows(t *testing.T) {
	sum := fmt.Sprintf("%x", sha256.Sum256([]byte(program)))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/v0.2.0/benchgate-linux-amd64" {
			http.NotFound(w, r)
			return
		}
		_, _ = io.WriteString(w, program)
	}))
	defer server.Close()
	for _, test := range []struct {
		name, table, system, machine string
		code                         int
		says                         string
	}{
		{"no release", "", "Linux", "X64", 2, "::error title=benchgate::action-binary/checksums.txt names no release at this commit"},
		{"another system", sum + " v0.2.0 linux-amd64\n", "Windows", "X64", 2, "there is no benchgate for this runner (Windows, X64)"},
		{"a platform without a sum", sum + " v0.1.0 linux-arm64\n" + sum + " v0.2.0 linux-amd64\n", "Linux", "ARM64", 2, "has no sum for benchgate v0.2.0 on linux-arm64"},
		{"another program", strings.Repeat("0", 64) + " v0.2.0 linux-amd64\n", "Linux", "X64", 2, "has not the sum of action-binary/checksums.txt: it is not started"},
		{"a release that is gone", sum + " v0.3.0 linux-amd64\n", "Linux", "X64", 2, "benchgate v0.3.0 could not be downloaded"},
		{"the released program", strings.Repeat("0", 64) + " v0.1.0 linux-amd64\n" + sum + " v0.2.0 linux-amd64\n", "Linux", "X64", 0, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir, temp := filepath.Join(t.TempDir(), "action-binary"), t.TempDir()
			if err := os.CopyFS(dir, os.DirFS("action-binary")); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, "checksums.txt"), []byte("# sums\n"+test.table), 0o644); err != nil {
				t.Fatal(err)
			}
			step := func(name string) (string, int) {
				cmd := exec.Command("bash", filepath.Join(dir, "steps.sh"), name)
				cmd.Env = append(os.Environ(), "RUNNER_TEMP="+temp, "RUNNER_OS="+test.system, "RUNNER_ARCH="+test.machine,
					"BENCHGATE_RELEASES="+server.URL, "INPUT_CANDIDATE-MODEL=a b; $(id)")
				var out bytes.Buffer
				cmd.Stdout, cmd.Stderr = &out, &out
				_ = cmd.Run() // the code says how it ended
				return out.String(), cmd.ProcessState.ExitCode()
			}
			said, code := step("install")
			if code != test.code || !strings.Contains(said, test.says) {
				t.Fatalf("install ends with %d, says %q", code, said)
			}
			if test.code != 0 {
				if said, code := step("post"); code != 0 || said != "" {
					t.Errorf("with nothing started, post ends with %d, says %q", code, said)
				}
				return
			}
			if said, code := step("main"); code != 3 || said != "called with action\nINPUT_CANDIDATE-MODEL=a b; $(id)\n" {
				t.Errorf("main ends with %d, says %q", code, said)
			}
			if said, code := step("post"); code != 0 || said != "called with action --post\ncheck is 42, run is first\nsecond<<w1\n" {
				t.Errorf("post ends with %d, says %q", code, said)
			}
		})
	}
}
