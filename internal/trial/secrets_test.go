package trial_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/baselines"
)

// The agent prints everything it knows and more, in several spellings; the
// task's tests print what they took from the host. None of it is in any file.
func TestSecretsAreInNoFile(t *testing.T) {
	r := newRig(t, "")
	r.Secrets = append(r.Secrets, `quo"ted-secret`)
	r.Record = t.TempDir()
	task := r.task(map[string]string{
		"task.toml": "schema_version = \"1.0\"\n[environment]\nenv = { TASK_TOKEN = \"${TASK_TOKEN}\" }\n" +
			"[verifier]\nenv = { TESTS_TOKEN = \"${TESTS_TOKEN}\" }\n",
		"tests/test.sh": "#!/bin/sh\nenv; echo \"{\\\"$TESTS_TOKEN\\\": 0}\" > \"${BENCHGATE_ROOT:-}/logs/verifier/reward.json\"\n",
	})
	if len(task.HostValues) != 2 {
		t.Fatalf("host values: %q", task.HostValues)
	}
	urls := filepath.Join(t.TempDir(), "urls")
	got := r.run(task, r.standIn(`env; env >&2; env > env.txt
		echo "$ANTHROPIC_BASE_URL $OTLP" > `+urls+`
		echo '{"said": "`+secretKey+` quo\"ted-secret"}'; echo 'quo"ted-secret'
		"$0" tell; "$0" ask
		`+saysDone))
	r.want(got, baselines.Finished, "not solved")

	text, err := os.ReadFile(urls)
	r.must(err)
	secrets := append(task.HostValues, secretKey, `quo"ted-secret`, `quo\"ted-secret`)
	for address := range strings.FieldsSeq(string(text)) {
		secrets = append(secrets, filepath.Base(address)) // the trial's tokens
	}
	if len(secrets) != 7 {
		t.Fatalf("secrets to look for: %q", secrets)
	}
	if r.file("transcript.jsonl") == "" || r.file("agent.log") == "" || r.file("tests.log") == "" {
		t.Fatal("a file is missing, so nothing can be looked for in it")
	}
	for _, s := range secrets {
		if strings.Contains(got.Reason, s) {
			t.Errorf("%q is in the record's reason %q", s, got.Reason)
		}
	}
	wantNowhere(t, filepath.Join(r.Dir, "trials"), secrets)
	wantNowhere(t, unpacked(t, filepath.Join(r.Record, "claude-code/answer/1.tar.gz")), secrets)
}

func wantNowhere(t *testing.T, dir string, secrets []string) {
	t.Helper()
	files := 0
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		content, err := os.ReadFile(name)
		for _, s := range secrets {
			if strings.Contains(string(content), s) {
				t.Errorf("%q is in %s", s, name)
			}
		}
		return err
	})
	if err != nil || files < 4 {
		t.Errorf("looked into %d files: %v", files, err)
	}
}
