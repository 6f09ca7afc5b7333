package process_test

import (
	"archive/tar"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/benchgate/benchgate/internal/sandbox/process"
	"github.com/benchgate/benchgate/internal/sandbox/sandboxtest"
)

const plain = "FROM x\nWORKDIR /app\nENV GREETING=hello\n"

func TestEnvironmentIsAnAllowList(t *testing.T) {
	home := t.TempDir()
	for name, value := range map[string]string{
		"HOME":              home,
		"ANTHROPIC_API_KEY": "sk-1", "GITHUB_TOKEN": "sk-2", "AWS_SECRET_ACCESS_KEY": "sk-3",
		"HTTPS_PROXY": "http://user:sk-4@proxy", "GOPROXY": "https://user:sk-5@proxy,direct",
		"LC_ALL": "C", "GOFLAGS": "-mod=mod",
		"GOPATH": "", "GOCACHE": "", "GOENV": "", "XDG_CACHE_HOME": "", "XDG_CONFIG_HOME": "",
	} {
		t.Setenv(name, value)
	}
	sb := create(t, engine(t), sandboxtest.Environment(t, map[string]string{"Dockerfile": plain}))
	env := output(t, sb, "env")
	if strings.Contains(env, "sk-") {
		t.Errorf("a secret reached the command:\n%s", env)
	}
	root := sb.Path("/")
	for _, want := range []string{
		"BENCHGATE_ROOT=" + root, "HOME=" + root + "/home", "TMPDIR=" + root + "/tmp",
		"GREETING=hello", "LC_ALL=C", "GOFLAGS=-mod=mod", "PATH=" + os.Getenv("PATH"),
		"GOPATH=" + filepath.Join(home, "go"),
	} {
		if !strings.Contains("\n"+env, "\n"+want+"\n") {
			t.Errorf("%s is missing in\n%s", want, env)
		}
	}
}

func TestGoFindsItsCachesThoughHomeIsAnother(t *testing.T) {
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("needs the go command")
	}
	want, err := exec.Command("go", "env", "GOMODCACHE", "GOCACHE", "GOPROXY", "GOFLAGS", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	sb := create(t, engine(t), sandboxtest.Environment(t, map[string]string{"Dockerfile": plain}))
	if got := output(t, sb, "go env GOMODCACHE GOCACHE GOPROXY GOFLAGS GOROOT"); got != string(want) {
		t.Errorf("go env says\n%swant\n%s", got, want)
	}
}

func TestCopyInCannotLeaveTheSandbox(t *testing.T) {
	outside := t.TempDir()
	tests := map[string][]tar.Header{
		"by its name":     {{Name: "../../../../../../../../../../" + outside + "/x", Typeflag: tar.TypeReg, Mode: 0o644}},
		"through a link":  {{Name: "link", Typeflag: tar.TypeSymlink, Linkname: outside}, {Name: "link/x", Typeflag: tar.TypeReg, Mode: 0o644}},
		"by a hard link":  {{Name: "x", Typeflag: tar.TypeLink, Linkname: "/etc/passwd"}},
		"through parents": {{Name: "up", Typeflag: tar.TypeSymlink, Linkname: "../../.."}, {Name: "up/x", Typeflag: tar.TypeReg, Mode: 0o644}},
	}
	for name, headers := range tests {
		t.Run(name, func(t *testing.T) {
			sb := create(t, engine(t), sandboxtest.Environment(t, map[string]string{"Dockerfile": plain}))
			var buf bytes.Buffer
			w := tar.NewWriter(&buf)
			for _, h := range headers {
				if err := w.WriteHeader(&h); err != nil {
					t.Fatal(err)
				}
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			err := sb.CopyIn(t.Context(), "/app", &buf)
			if left, _ := os.ReadDir(outside); len(left) > 0 {
				t.Errorf("%s appeared outside", left[0].Name())
			}
			if _, statErr := os.Stat(filepath.Join(filepath.Dir(sb.Path("/")), "x")); statErr == nil {
				t.Error("x appeared beside the sandbox")
			}
			if err == nil && name != "by its name" { // there the name's meaning is inside
				t.Error("copying in succeeded")
			}
		})
	}
}

func TestSweepOfDeadRunsKillsAndRemoves(t *testing.T) {
	dir := t.TempDir()
	e, err := process.New(process.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	// What a crashed process leaves: a run's directory, and a daemon in it.
	ended := exec.Command("true")
	if err := ended.Run(); err != nil {
		t.Fatal(err)
	}
	owner, err := sandbox.Self()
	if err != nil {
		t.Fatal(err)
	}
	owner.PID = ended.Process.Pid
	root := filepath.Join(dir, "run-dead-1", "trials", "t-1")
	if err := os.MkdirAll(filepath.Join(root, "locked"), 0o755); err != nil {
		t.Fatal(err)
	}
	record := `{"run":"dead","owner":` + owner.String() + `}`
	if err := os.WriteFile(filepath.Join(dir, "run-dead-1", "run.json"), []byte(record), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(root, "locked"), 0o500); err != nil {
		t.Fatal(err)
	}
	daemon := exec.Command("sleep", "60")
	daemon.Env = append(os.Environ(), "BENCHGATE_ROOT="+root)
	daemon.SysProcAttr = ownGroup()
	if err := daemon.Start(); err != nil {
		t.Fatal(err)
	}
	dead := make(chan error, 1)
	go func() { dead <- daemon.Wait() }()

	removed, err := e.Sweep(t.Context(), "")
	if err != nil || len(removed) != 1 {
		t.Errorf("Sweep = %q, %v, want the one dead run", removed, err)
	}
	if _, err := os.Stat(filepath.Join(dir, "run-dead-1")); !os.IsNotExist(err) {
		t.Errorf("the dead run's directory: %v, want it gone", err)
	}
	if !findsByEnvironment {
		daemon.Process.Kill()
	}
	select {
	case <-dead:
	case <-time.After(5 * time.Second):
		daemon.Process.Kill()
		t.Error("the dead run's daemon lives on")
	}
}
