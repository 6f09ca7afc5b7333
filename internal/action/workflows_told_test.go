package action_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// told is what GitHub has of our making.
type told struct {
	comments, checks map[int64]string
	issues           map[int64]string // by number
	baselines        int              // files
}

var (
	trialLine  = regexp.MustCompile(`(?m)^\s*\d+/\d+  (?:baseline|candidate)  `)
	annotation = regexp.MustCompile(`(?m)^\s+\S+\s+::(notice|warning|error)(?: title=([^:]*))?::(.*)$`)
	escaped    = strings.NewReplacer("%3A", ":", "%2C", ",", "%25", "%") // in annotations

	// What is another in each run: days, commits, and what tells jobs apart.
	day = regexp.MustCompile(`\d{4}-\d{2}-\d{2}`)
	hex = regexp.MustCompile(`\b(?:[0-9a-f]{12}|[0-9a-f]{7})\b`)
)

// tell says in lines what a run came to: the jobs' results and annotations, which
// model API was asked with which secret, what is new on GitHub, and what was uploaded.
func (g *gated) tell(workspace string, result actResult) string {
	var said []string
	for _, job := range slices.Sorted(maps.Keys(result.jobs)) {
		said = append(said, fmt.Sprintf("job %s: %s", job, result.jobs[job]))
	}
	if trials := len(trialLine.FindAllString(result.log, -1)); trials > 0 {
		said = append(said, fmt.Sprintf("%d trials", trials))
	}
	for _, asked := range g.model.take() {
		for name, secret := range secrets {
			asked = strings.ReplaceAll(asked, secret, name)
		}
		said = append(said, "asked "+asked)
	}
	for _, a := range annotation.FindAllStringSubmatch(result.log, -1) {
		said = append(said, strings.TrimSpace(a[1]+" "+a[2])+": "+a[3])
	}
	said = append(append(said, g.news()...), uploadedFrom(filepath.Join(workspace, uploaded))...)
	for i, line := range said {
		said[i] = shortened(hex.ReplaceAllString(day.ReplaceAllString(escaped.Replace(line), "DAY"), "HEX"))
	}
	return "\n" + strings.Join(said, "\n") + "\n"
}

// shortened leaves out the end of a long line.
func shortened(line string) string {
	const most = 80
	if runes := []rune(line); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return line
}

// news is what GitHub has now and had not before.
func (g *gated) news() []string {
	now := told{make(map[int64]string), make(map[int64]string), make(map[int64]string), len(g.Files("benchgate-baselines"))}
	for _, c := range g.Checks() {
		now.checks[c.ID] = fmt.Sprintf("check %q on %s: %s: %s", c.Name, g.nameOf(c.Head), c.Conclusion, c.Title)
	}
	for _, c := range g.Comments() {
		headline, _, _ := strings.Cut(c.Body, "\n")
		now.comments[c.ID] = fmt.Sprintf("comment on %d: %s", c.Number, headline)
	}
	for _, i := range g.Issues() {
		now.issues[int64(i.Number)] = fmt.Sprintf("issue %d, %s: %s", i.Number, i.State, i.Title)
	}
	var news []string
	for _, of := range [][2]map[int64]string{{g.told.checks, now.checks}, {g.told.comments, now.comments}, {g.told.issues, now.issues}} {
		for _, id := range slices.Sorted(maps.Keys(of[1])) {
			if of[0][id] != of[1][id] {
				news = append(news, of[1][id])
			}
		}
	}
	if more := now.baselines - g.told.baselines; more != 0 {
		news = append(news, fmt.Sprintf("baselines: %d more files", more))
	}
	g.told = now
	return news
}

// uploadedFrom are the artifacts of a job, each with the files of its runs.
func uploadedFrom(dir string) []string {
	var said []string
	artifacts, _ := os.ReadDir(dir) // there may be none
	for _, a := range artifacts {
		files, _ := filepath.Glob(filepath.Join(dir, a.Name(), "*", "*"))
		for i, file := range files {
			files[i] = filepath.Base(file)
		}
		said = append(said, fmt.Sprintf("uploaded %s: %s", a.Name(), strings.Join(files, " ")))
	}
	return said
}

// nameOf is the branch of a commit.
func (g *gated) nameOf(commit string) string {
	for _, branch := range g.Branches() {
		if g.Head(branch) == commit {
			return strings.ReplaceAll(branch, g.Head("main"), "MAIN")
		}
	}
	return commit
}
