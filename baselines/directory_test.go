package baselines_test

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/baselines/storetest"
	"github.com/google/go-cmp/cmp"
)

func TestDirectoryKeepsTheContract(t *testing.T) {
	var mu sync.Mutex
	dirs := make(map[string]string)
	storetest.Run(t, func(t *testing.T) baselines.Store {
		mu.Lock()
		defer mu.Unlock()
		if dirs[t.Name()] == "" {
			dirs[t.Name()] = filepath.Join(t.TempDir(), "not", "there", "yet")
		}
		return baselines.NewDirectory(dirs[t.Name()])
	})
}

func TestDirectoryIsReadableByPeopleAndTools(t *testing.T) {
	dir := t.TempDir()
	if err := baselines.NewDirectory(dir).Save(t.Context(), example(), strings.NewReader("{}\n")); err != nil {
		t.Fatal(err)
	}
	want := must(os.ReadFile("testdata/run.jsonl"))(t)
	got := must(os.ReadFile(filepath.Join(dir, example().Header.ID, "run.jsonl")))(t)
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("stored file (-golden +got):\n%s", diff)
	}
	info := must(os.Stat(filepath.Join(dir, example().Header.ID, "ledger.jsonl")))(t)
	if info.Mode().Perm() != 0o644 {
		t.Errorf("mode is %v, want 0644", info.Mode())
	}
}

func TestDirectoryPassesOverWhatCrashesLeft(t *testing.T) {
	dir := t.TempDir()
	s := baselines.NewDirectory(dir)
	if err := s.Save(t.Context(), example(), nil); err != nil {
		t.Fatal(err)
	}
	id := example().Header.ID
	for _, left := range []string{".tmp-1/run.jsonl", ".tmp-2/" + id + "/run.jsonl", id + "/.run.jsonl3141592"} {
		path := filepath.Join(dir, left)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("{"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if entries := must(s.List(t.Context(), baselines.Query{}))(t); len(entries) != 1 {
		t.Errorf("%d runs, want 1", len(entries))
	}
	if err := s.Clean(t.Context()); err != nil {
		t.Fatal(err)
	}
	var files []string
	for _, pattern := range []string{"*", ".*", "*/*", "*/.*"} {
		for _, path := range must(filepath.Glob(filepath.Join(dir, pattern)))(t) {
			files = append(files, strings.TrimPrefix(path, dir+"/"))
		}
	}
	if diff := cmp.Diff([]string{id, id + "/run.jsonl"}, files); diff != "" {
		t.Errorf("left after Clean (-want +got):\n%s", diff)
	}
}

func TestDirectoryNamesAnUnreadableRun(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "r1", "run.jsonl")
	if err := os.Mkdir(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(header+"{}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	_, err := baselines.NewDirectory(dir).List(t.Context(), baselines.Query{})
	if err == nil || !strings.Contains(err.Error(), path+":2: ") {
		t.Errorf("error is %v, want %s:2 in it", err, path)
	}
}
