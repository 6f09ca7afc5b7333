package workflow

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// Output is one output of the Action. Later steps put outputs into commands, so
// that none may hold text that others wrote: only numbers, words of ours and
// paths of ours.
type Output struct {
	Name        string
	Description string
	form        form
}

// form is what an output may hold.
type form struct {
	words string // for errors
	fits  func(string) bool
}

var (
	wordForm     = form{"lower-case letters and underscores", regexp.MustCompile(`^[a-z_]{1,32}$`).MatchString}
	numberForm   = form{"a decimal number", regexp.MustCompile(`^-?[0-9]{1,15}(\.[0-9]{1,15})?$`).MatchString}
	nameForm     = form{"letters, digits, dots, dashes and underscores", regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$`).MatchString}
	absoluteForm = form{"an absolute path of letters, digits and ._@+/- only", regexp.MustCompile(`^/[A-Za-z0-9._@+/-]{1,999}$`).MatchString}
	pathForm     = form{"a path inside the workspace of letters, digits and ._@+/- only", isOurPath}
)

var pathAlphabet = regexp.MustCompile(`^[A-Za-z0-9._@+][A-Za-z0-9._@+/-]{0,999}$`)

func isOurPath(path string) bool { return pathAlphabet.MatchString(path) && filepath.IsLocal(path) }

// Outputs are the outputs of the Action in the order of action.yml. What is not
// known is not set, and reads as an empty text.
func Outputs() []Output { return slices.Clone(outputs) }

var outputs = []Output{
	{"verdict", "pass, regression, inconclusive, incomparable or not_measured.", wordForm},
	{"exit-code", "Exit code of the command line for that verdict: 0 to 5. The step itself fails as docs/github.md says.", numberForm},
	{"pass-rate-baseline", "Share of the baseline's trials that solved their task, 0 to 1.", numberForm},
	{"pass-rate-candidate", "Share of the candidate's trials that solved their task, 0 to 1.", numberForm},
	{"cost-per-solved-baseline", "Dollars of the baseline for each solved task.", numberForm},
	{"cost-per-solved-candidate", "Dollars of the candidate for each solved task.", numberForm},
	{"cost-per-solved-ratio", "The candidate's cost per solved task over the baseline's.", numberForm},
	{"cost-per-solved-low", "Lower end of that ratio's interval.", numberForm},
	{"cost-per-solved-high", "Upper end of that ratio's interval.", numberForm},
	{"trials-used", "Candidate trials that the verdict stands on; where one arm is measured alone, those of it that count.", numberForm},
	{"trials-planned", "Candidate trials that were planned; where one arm is measured alone, that arm's.", numberForm},
	{"usd-used", "Dollars of all the candidate's trials, those too that were repeated or came too late; where one arm is measured alone, that arm's.", numberForm},
	{"usd-saved", "Dollars of the candidate's trials that were saved by stopping early, estimated.", numberForm},
	{"drift", "steady, drift or learning (not enough nights yet), where on-alarm is given and a run was saved.", wordForm},
	{"run-path", "Directory of the run's files, from the workspace on.", pathForm},
	{"verdict-path", "The verdict document (benchgate.verdict/v1), from the workspace on.", pathForm},
	{"report-path", "The report in Markdown, from the workspace on.", pathForm},
	{"upload-path", "Directory to give to actions/upload-artifact, with the files that the input upload allows, from the workspace on.", pathForm},
	{"artifact-name", "Name to upload upload-path under, by which a later run finds it.", nameForm},
}

// planOutputs are the outputs of a step that runs "benchgate plan": a key for
// actions/cache.
var planOutputs = []Output{
	{"cache-key", "Name of what a run leaves in the cache.", nameForm},
	{"cache-restore-keys", "Beginning of keys that are of use where that one is not there.", nameForm},
	{"cache-path", "Directory of the cache on this machine.", absoluteForm},
}

// fits says whether the output exists and may hold the value.
func fits(name, value string) error {
	all := slices.Concat(outputs, planOutputs)
	i := slices.IndexFunc(all, func(o Output) bool { return o.Name == name })
	if i < 0 {
		return fmt.Errorf("there is no output %q", name)
	}
	if form := all[i].form; !form.fits(value) {
		return fmt.Errorf("output %s would be %q, want %s", name, strings.ToValidUTF8(value, "\uFFFD"), form.words)
	}
	return nil
}
