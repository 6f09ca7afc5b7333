package process_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/benchgate/benchgate/internal/sandbox/process"
	"github.com/benchgate/benchgate/internal/sandbox/sandboxtest"
	"github.com/benchgate/benchgate/internal/suite"
	"github.com/google/go-cmp/cmp"
)

func TestDockerfilePlacesFilesAsDockerDoes(t *testing.T) {
	const context = `a.txt sub/b.txt sub/deep/c.txt run.sh skipped.log`
	tests := []struct {
		name, dockerfile string
		want             string // files in the sandbox, sorted, space-separated
	}{
		{"a folder's content", "FROM x\nCOPY sub /app/\n", "/app/b.txt /app/deep/c.txt"},
		{"a folder to a new name", "FROM x\nCOPY sub /app/other\n", "/app/other/b.txt /app/other/deep/c.txt"},
		{"a file to a new name", "FROM x\nCOPY a.txt /app/z.txt\n", "/app/z.txt"},
		{"a file into a folder", "FROM x\nCOPY ./a.txt /app/\n", "/app/a.txt"},
		{"a file into an existing folder", "FROM x\nWORKDIR /app\nCOPY a.txt /app\n", "/app/a.txt"},
		{"several files", "FROM x\nWORKDIR /app\nCOPY a.txt run.sh ./\n", "/app/a.txt /app/run.sh"},
		{
			"all, but what .dockerignore names", "FROM x\nWORKDIR /app\nCOPY . .\n",
			"/app/.dockerignore /app/a.txt /app/run.sh /app/sub/b.txt /app/sub/deep/c.txt",
		},
		{"a JSON list and an owner", "FROM x\nCOPY --chown=1:1 [\"a.txt\", \"/a b\"]\n", "/a b"},
		{
			"continued lines, comments, lower case, variables",
			"# syntax=docker/dockerfile:1\nfrom x as base\n\nENV DIR=/data \\\n# between\n  NAME='n m'\nCOPY a.txt \\\n  ${DIR}/$NAME\n", "/data/n m",
		},
		{"relative workdirs add up", "FROM x\nWORKDIR /app\nWORKDIR in\nCOPY a.txt .\n", "/app/in/a.txt"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			files := map[string]string{"Dockerfile": tt.dockerfile, ".dockerignore": "*.log\nDockerfile\n"}
			for _, name := range strings.Fields(context) {
				files[name] = name
			}
			e := engine(t)
			sb := create(t, e, sandboxtest.Environment(t, files))
			if diff := cmp.Diff(tt.want, strings.Join(filesOf(t, sb), " ")); diff != "" {
				t.Errorf("files (-want +got):\n%s", diff)
			}
		})
	}
}

func TestDockerfileBeyondThisEngineIsRefusedWithEveryPlace(t *testing.T) {
	env := sandboxtest.Environment(t, map[string]string{"Dockerfile": strings.Join([]string{
		"FROM golang:1.26",
		"RUN apt-get update \\",
		"  && apt-get install -y curl",
		"COPY *.go /app/",
		"COPY --from=build /x /x",
		"COPY --chmod=755 a /b",
		"HEALTHCHECK NONE",
	}, "\n")})
	_, err := engine(t).Prepare(t.Context(), env, io.Discard)
	if !errors.Is(err, sandbox.ErrUnsupported) {
		t.Fatalf("Prepare = %v, want one matching ErrUnsupported", err)
	}
	file := filepath.Join(env.Context, "Dockerfile")
	const docker = "not supported by this sandbox: this task needs `sandbox: docker`\n"
	want := file + ":2: RUN: " + docker +
		file + ":4: COPY *.go: " + docker +
		file + ":5: COPY --from=build: " + docker +
		file + ":6: COPY --chmod=755: " + docker +
		file + ":7: HEALTHCHECK: " + docker
	if diff := cmp.Diff(want, err.Error()+"\n"); diff != "" {
		t.Errorf("error (-want +got):\n%s", diff)
	}
}

func TestABrokenDockerfileNamesEveryLine(t *testing.T) {
	env := sandboxtest.Environment(t, map[string]string{"Dockerfile": "FROM x\nCOPY a\nUSER\nFETCH b\n"})
	_, err := engine(t).Prepare(t.Context(), env, io.Discard)
	if err == nil {
		t.Fatal("Prepare took a broken Dockerfile")
	}
	for i, line := range strings.Split(err.Error(), "\n") {
		if want := fmt.Sprintf("Dockerfile:%d: ", i+2); !strings.Contains(line, want) {
			t.Errorf("error line %q, want one at %s", line, want)
		}
	}
	if n := strings.Count(err.Error(), "\n") + 1; n != 3 {
		t.Errorf("%d errors, want 3: %v", n, err)
	}
}

func TestMissingSourceNamesTheLine(t *testing.T) {
	e := engine(t)
	env := sandboxtest.Environment(t, map[string]string{"Dockerfile": "FROM x\n\nCOPY nothing /\n"})
	img, err := e.Prepare(t.Context(), env, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	_, err = e.Create(t.Context(), sandbox.Spec{Run: "r", Trial: "t", Image: img, Network: suite.Public})
	if !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), "Dockerfile:3: COPY nothing:") {
		t.Errorf("Create = %v, want one for Dockerfile:3 that matches os.ErrNotExist", err)
	}
}

func TestWhatNeedsAnEngineIsRefused(t *testing.T) {
	e := engine(t)
	if _, err := e.Prepare(t.Context(), suite.Environment{Image: "golang:1.26"}, io.Discard); !errors.Is(err, sandbox.ErrUnsupported) {
		t.Errorf("Prepare of an image = %v, want one matching ErrUnsupported", err)
	}
	if _, err := e.Create(t.Context(), sandbox.Spec{Run: "r", Trial: "t", Network: suite.NoNetwork}); !errors.Is(err, sandbox.ErrUnsupported) {
		t.Errorf("Create without network = %v, want one matching ErrUnsupported", err)
	}
	listed := sandbox.Spec{Run: "r", Trial: "t", Network: suite.Public, Access: suite.Access{Network: suite.Allowlist, Hosts: []string{"example.com"}}}
	if _, err := e.Create(t.Context(), listed); !errors.Is(err, sandbox.ErrUnsupported) {
		t.Errorf("Create with a list of hosts = %v, want one matching ErrUnsupported", err)
	}
	if _, err := e.Gateway(t.Context(), "r", suite.NoNetwork); !errors.Is(err, sandbox.ErrUnsupported) {
		t.Errorf("Gateway without network = %v, want one matching ErrUnsupported", err)
	}
	info, err := e.Info(t.Context())
	if err != nil || info.Isolated {
		t.Errorf("Info = %+v, %v: it must say that nothing is isolated", info, err)
	}
}

func create(t *testing.T, e *process.Engine, env suite.Environment) sandbox.Sandbox {
	t.Helper()
	img, err := e.Prepare(t.Context(), env, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	sb, err := e.Create(t.Context(), sandbox.Spec{Run: "r", Trial: "t", Image: img, Network: suite.Public})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := sb.Remove(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	return sb
}

func filesOf(t *testing.T, sb sandbox.Sandbox) []string {
	t.Helper()
	var out []string
	for _, line := range strings.Split(output(t, sb, `cd "$BENCHGATE_ROOT" && find . -type f | sort`), "\n") {
		if line != "" {
			out = append(out, strings.TrimPrefix(line, "."))
		}
	}
	return out
}

func output(t *testing.T, sb sandbox.Sandbox, script string) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	exit, err := sb.Exec(t.Context(), sandbox.Command{Argv: []string{"sh", "-c", script}, Stdout: &stdout, Stderr: &stderr})
	if err != nil || exit.Code != 0 {
		t.Fatalf("script %q: %v, %v, stderr %q", script, exit, err, &stderr)
	}
	return stdout.String()
}

func FuzzPrepare(f *testing.F) {
	f.Add("FROM x\nCOPY [\"a\"] b\n")
	f.Add("FROM x\nENV A='b \\\n c' D=\"$A\"\nWORKDIR ${A}\nCOPY --chown=1 a $D\n")
	f.Add("\\\n#\nFROM \\")
	f.Fuzz(func(t *testing.T, text string) {
		e := engine(t)
		img, err := e.Prepare(t.Context(), sandboxtest.Environment(t, map[string]string{"Dockerfile": text}), io.Discard)
		if err == nil && !filepath.IsAbs(img.Workdir) {
			t.Errorf("workdir %q is not absolute", img.Workdir)
		}
		if err != nil && !strings.Contains(err.Error(), "Dockerfile") {
			t.Error(fmt.Errorf("this error names no place: %w", err))
		}
	})
}
