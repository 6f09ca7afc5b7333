package keptimage

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// makeRoom removes images that this process has not used, those first whose last
// use is longest ago, until so many bytes more fit.
func (s *Store) makeRoom(bytes int64) error {
	kept, total, err := s.list()
	if err != nil {
		return err
	}
	for _, k := range kept {
		if total+bytes <= s.maxBytes {
			break
		}
		if s.used[k.name] {
			continue
		}
		if err := s.remove(k.name); err != nil {
			return err
		}
		total -= k.bytes
	}
	if total+bytes > s.maxBytes {
		return ErrNoRoom
	}
	return nil
}

// kept is a file of the store.
type kept struct {
	name  string
	bytes int64
	used  time.Time
}

// unfinished is how old a file is that a process which died left half written.
const unfinished = time.Hour

// list gives the images by their last use, and removes what crashes left.
func (s *Store) list() (all []kept, total int64, err error) {
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return nil, 0, err
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || !info.Mode().IsRegular() {
			continue // another process has just removed it, or it is none of ours
		}
		name, image := strings.CutSuffix(e.Name(), ".tar")
		switch {
		case image && plainName.MatchString(name):
			all = append(all, kept{name, info.Size(), info.ModTime()})
			total += info.Size()
		case strings.HasPrefix(e.Name(), ".") && time.Since(info.ModTime()) > unfinished:
			if err := os.Remove(filepath.Join(s.dir, e.Name())); err != nil {
				return nil, 0, err
			}
		}
	}
	slices.SortFunc(all, func(a, b kept) int { return a.used.Compare(b.used) })
	return all, total, nil
}
