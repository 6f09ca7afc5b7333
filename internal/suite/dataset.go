package suite

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// LoadDataset reads tasks from the directories directly below dir: those whose
// names match one of ids (patterns of [path.Match]), or all when there are
// none. An id that matches nothing is an error that names the nearest ones.
// The suite is named after dir.
func LoadDataset(ctx context.Context, dir string, ids []string, opts LoadOptions) (*Suite, error) {
	have, err := datasetIDs(dir)
	if err != nil {
		return nil, err
	}
	picked, err := pick(have, ids, "task")
	if err != nil {
		return nil, fmt.Errorf("dataset %s: %w", dir, err)
	}
	sources := make([]Source, len(picked))
	for i, id := range picked {
		sources[i] = Source{Path: id}
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("resolving %s: %w", dir, err)
	}
	return Load(ctx, abs, filepath.Base(abs), sources, opts)
}

func datasetIDs(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("reading dataset: %w", err)
	}
	var ids []string
	for _, e := range entries {
		if formOf(filepath.Join(dir, e.Name())) != "" {
			ids = append(ids, e.Name())
		}
	}
	if len(ids) == 0 {
		return nil, fmt.Errorf("dataset %s: no directory in it has a task.toml or task.yaml", dir)
	}
	return ids, nil
}

// pick returns those ids that match one of the wanted patterns, in the order
// of the patterns, each once; all of them when none is wanted. What names in
// messages what has these ids.
func pick(have, want []string, what string) ([]string, error) {
	if len(want) == 0 {
		return have, nil
	}
	var picked []string
	var errs []error
	for _, pattern := range want {
		matched := false
		for _, id := range have {
			ok, err := path.Match(pattern, id)
			if err != nil {
				errs = append(errs, fmt.Errorf("task id %q is no pattern: %w", pattern, err))
				matched = true
				break
			}
			if !ok {
				continue
			}
			matched = true
			if !slices.Contains(picked, id) {
				picked = append(picked, id)
			}
		}
		if !matched {
			errs = append(errs, fmt.Errorf("no %s matches the id %q%s", what, pattern, nearestHint(pattern, have)))
		}
	}
	return picked, errors.Join(errs...)
}

// nearestHint names up to three ids that a mistyped one may mean.
func nearestHint(want string, have []string) string {
	type near struct {
		id       string
		distance int
	}
	var all []near
	for _, id := range have {
		d := editDistance(want, id)
		if strings.Contains(id, want) {
			d = 0
		}
		if d <= max(2, len(want)/3) {
			all = append(all, near{id, d})
		}
	}
	if len(all) == 0 {
		return fmt.Sprintf("; there are %d tasks, the first is %q", len(have), have[0])
	}
	slices.SortStableFunc(all, func(a, b near) int { return cmp.Compare(a.distance, b.distance) })
	var names []string
	for _, n := range all[:min(3, len(all))] {
		names = append(names, fmt.Sprintf("%q", n.id))
	}
	return "; near it: " + strings.Join(names, ", ")
}

// editDistance is Levenshtein's, over bytes.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
