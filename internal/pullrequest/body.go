package pullrequest

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/benchgate/benchgate/gate"
)

// maxBody leaves room below the 65,536 characters that GitHub takes in a
// comment, and below 65,535 bytes in each part of a check run.
const maxBody = 60_000

// Facts are what a comment says beside the verdict. The texts made from them
// and the verdict depend on nothing else.
type Facts struct {
	Head        string // the measured commit, in full
	Behind      Behind // how far the pull request has moved on since
	BuildURL    string // page of the CI run that posts; empty: none
	ArtifactURL string // page of the run's uploaded files; empty: none
	Key         Key
	Build       Build
	Circumstances

	Accepted   *Acceptance // of a regression; nil: nobody has accepted it
	Acceptable string      // the label by which it can be accepted; empty: there is none
}

// Behind is the way from the measured commit to the pull request's head. The
// zero value means that they are the same.
type Behind struct {
	Head    string // the pull request's, in full
	Commits int    // from the measured commit to it; 0: not known
	Gone    bool   // no way leads from the measured commit to it, as after a forced push
}

// Summary is the comment without its marker in at most so many bytes, for a job
// summary, which may have 1 MiB.
func Summary(v gate.Verdict, f Facts, most int) (string, error) {
	said, err := saidVerdict(v, f, Neutral, Always)
	if err != nil {
		return "", err
	}
	return said.shown(f, most)
}

func (s said) body(f Facts) (string, error) {
	text, err := s.shown(f, maxBody-maxMarker)
	if err != nil {
		return "", err
	}
	return text + "\n" + s.marker(f).String() + "\n", nil
}

const maxMarker = 450

// shown is the comment without its marker.
func (s said) shown(f Facts, most int) (string, error) {
	above := paragraphs(f.Behind.words(f.Head), f.warning())
	about := paragraphs(f.words(f.Head)...)
	below := "\n<sub>" + links(f, s.guide) + "</sub>\n"
	if how := s.howToAccept(f); how != "" {
		below = "\n" + how + "\n" + below
	}
	text, err := s.markdown(most - len(above) - len(about) - len(below) - len("\n"))
	if about != "" {
		headline, rest, _ := strings.Cut(text, "\n")
		text = headline + "\n\n" + strings.TrimSuffix(about, "\n") + rest
	}
	return above + text + below, err
}

// paragraphs are those of the lines that say something, each with an empty line
// behind it.
func paragraphs(lines ...string) string {
	text := ""
	for _, line := range lines {
		if line != "" {
			text += line + "\n\n"
		}
	}
	return text
}

func (s said) marker(f Facts) marker {
	return marker{key: f.Key.hash(), head: f.Head, build: f.Build, state: s.state, verdict: s.verdict}
}

// state is the outcome as the marker has it. One that is not known is not
// measured, so that nothing unexpected is ever a pass.
func state(v gate.Verdict) string {
	switch v.Outcome {
	case gate.Pass, gate.Regression, gate.Inconclusive, gate.Incomparable:
		return string(v.Outcome)
	}
	return string(gate.NotMeasured)
}

func (b Behind) words(measured string) string {
	if b.Head == "" {
		return ""
	}
	text := fmt.Sprintf("⏳ Measured on `%s`, ", short(measured))
	switch {
	case b.Gone:
		text += "which is not part of this pull request any more; its"
	case b.Commits == 0:
		text += "which is not the newest commit of this pull request; its"
	case b.Commits == 1:
		text += "1 commit behind this pull request's"
	default:
		text += fmt.Sprintf("%d commits behind this pull request's", b.Commits)
	}
	if b.Commits == 0 || b.Gone {
		return text + " head is `" + short(b.Head) + "`."
	}
	return text + " head `" + short(b.Head) + "`."
}

// links: how to read it, where it was measured, the files, and the commit.
func links(f Facts, guide string) string {
	var parts []string
	if guide != "" {
		parts = append(parts, link("How to read this", guide))
	}
	if f.BuildURL != "" {
		parts = append(parts, link("Run", f.BuildURL))
	}
	if f.ArtifactURL != "" {
		parts = append(parts, link("Files of the run", f.ArtifactURL))
	}
	return strings.Join(append(parts, "commit `"+short(f.Head)+"`"), " · ")
}

var releaseForm = regexp.MustCompile(`^v[0-9]{1,5}\.[0-9]{1,5}\.[0-9]{1,5}$`)

// guideOf is the page that explains a report, as it was when that version of benchgate
// wrote it; of one that is no release, as it is now.
func guideOf(version string) string {
	at := "main"
	if releaseForm.MatchString(version) {
		at = version
	}
	return "https://github.com/benchgate/benchgate/blob/" + at + "/docs/statistics.md#reading-a-report"
}

// linkEnds are characters that end a Markdown link or are dangerous in one.
// Addresses that people wrote have them in no other meaning.
var linkEnds = strings.NewReplacer("(", "%28", ")", "%29", "<", "%3C", ">", "%3E", "|", "%7C", `\`, "%5C", `"`, "%22", "`", "%60", "[", "%5B", "]", "%5D")

func link(text, address string) string { return "[" + text + "](" + linkEnds.Replace(address) + ")" }

// short is a commit as people write it.
func short(commit string) string { return commit[:min(7, len(commit))] }
