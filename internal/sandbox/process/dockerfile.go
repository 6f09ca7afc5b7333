package process

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/benchgate/benchgate/internal/sandbox/buildcontext"
)

// recipe is what a Dockerfile says that this engine can do.
type recipe struct {
	files   *buildcontext.Context
	workdir string
	user    string
	env     []variable // in order: later ones may use earlier ones
	steps   []step
}

type variable struct{ name, value string }

// step is a COPY or, without sources, a WORKDIR that makes its folder.
type step struct {
	sources []string // slash-separated, inside the context
	to      string   // absolute in the task's world; ends in "/" when it must be a folder
	at      string   // file:line, for errors
}

// instruction is a line of a Dockerfile, continued lines joined.
type instruction struct {
	line int // 1-based, where it begins
	name string
	rest string
}

// readRecipe reads the Dockerfile of a context. All that it finds wrong is in
// the error, which matches sandbox.ErrUnsupported when it needs an engine.
func readRecipe(dir string, files *buildcontext.Context) (recipe, error) {
	name := filepath.Join(dir, filepath.FromSlash(files.Dockerfile()))
	text, err := os.ReadFile(name)
	if err != nil {
		return recipe{}, fmt.Errorf("reading Dockerfile: %w", err)
	}
	r, err := parseRecipe(name, string(text))
	r.files = files
	return r, err
}

func parseRecipe(name, text string) (recipe, error) {
	r := recipe{workdir: "/"}
	var errs []error
	stages := 0
	for _, in := range instructions(text) {
		at := fmt.Sprintf("%s:%d", name, in.line)
		var err error
		switch in.name {
		case "FROM":
			if stages++; stages > 1 {
				err = unsupported("a second FROM")
			}
		case "WORKDIR":
			r.workdir = path.Join(r.absolute(r.expand(unquote(in.rest))))
			r.steps = append(r.steps, step{to: r.workdir, at: at})
		case "COPY":
			err = r.addCopy(in.rest, at)
		case "ENV":
			err = r.addEnv(in.rest)
		case "USER":
			r.user = r.expand(in.rest)
		case "CMD", "ENTRYPOINT":
			// Nothing runs in a sandbox but the commands it is given.
		default:
			err = unsupported(in.name)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", at, err))
		}
	}
	if stages == 0 && len(errs) == 0 {
		errs = append(errs, fmt.Errorf("%s: no FROM instruction", name))
	}
	return r, errors.Join(errs...)
}

func unsupported(what string) error {
	return fmt.Errorf("%s: %w: this task needs `sandbox: docker`", what, sandbox.ErrUnsupported)
}

// instructions splits a Dockerfile: comments and blank lines go, a backslash
// at a line's end continues it.
func instructions(text string) []instruction {
	var all []instruction
	var current *instruction
	for i, line := range strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		body, continued := strings.CutSuffix(line, `\`)
		if current == nil {
			current = &instruction{line: i + 1}
		}
		current.rest = strings.TrimSpace(current.rest + " " + strings.TrimSpace(body))
		if !continued {
			all, current = append(all, *current), nil
		}
	}
	if current != nil {
		all = append(all, *current)
	}
	for i := range all {
		name, rest, _ := strings.Cut(strings.ReplaceAll(all[i].rest, "\t", " "), " ")
		all[i].name, all[i].rest = strings.ToUpper(name), strings.TrimSpace(rest)
	}
	return all
}

func (r *recipe) absolute(p string) string {
	if path.IsAbs(p) {
		return p
	}
	return r.workdir + "/" + p
}

// addCopy reads COPY. Owners have no meaning without users of one's own.
func (r *recipe) addCopy(rest, at string) error {
	for strings.HasPrefix(rest, "--") {
		flag, after, _ := strings.Cut(rest, " ")
		if !strings.HasPrefix(flag, "--chown=") {
			return unsupported("COPY " + flag)
		}
		rest = strings.TrimSpace(after)
	}
	words, err := copyWords(rest)
	if err != nil {
		return err
	}
	if len(words) < 2 {
		return errors.New("COPY needs a source and a destination")
	}
	for i, w := range words {
		words[i] = r.expand(w)
	}
	sources, to := words[:len(words)-1], words[len(words)-1]
	folder := strings.HasSuffix(to, "/") || to == "." || len(sources) > 1
	s := step{to: path.Clean(r.absolute(to)), at: at}
	if folder && s.to != "/" {
		s.to += "/"
	}
	for _, source := range sources {
		if strings.HasPrefix(source, "<<") || strings.ContainsAny(source, "*?[") {
			return unsupported("COPY " + source)
		}
		s.sources = append(s.sources, strings.TrimPrefix(path.Clean("/"+source), "/"))
	}
	r.steps = append(r.steps, s)
	return nil
}

func copyWords(rest string) ([]string, error) {
	if !strings.HasPrefix(rest, "[") {
		return split(rest)
	}
	var words []string
	if err := json.Unmarshal([]byte(rest), &words); err != nil {
		return nil, fmt.Errorf("COPY: reading %s as a JSON list: %w", rest, err)
	}
	return words, nil
}

// addEnv reads ENV, as NAME=VALUE pairs or as the older NAME VALUE.
func (r *recipe) addEnv(rest string) error {
	first, value, _ := strings.Cut(rest, " ")
	if !strings.Contains(first, "=") {
		if first == "" || value == "" {
			return errors.New("ENV needs a name and a value")
		}
		r.env = append(r.env, variable{first, r.expand(strings.TrimSpace(value))})
		return nil
	}
	words, err := split(rest)
	if err != nil {
		return err
	}
	var added []variable // one ENV sees the values from before it
	for _, word := range words {
		name, value, ok := strings.Cut(word, "=")
		if !ok || name == "" {
			return fmt.Errorf("ENV: %q is not NAME=VALUE", word)
		}
		added = append(added, variable{name, r.expand(value)})
	}
	r.env = append(r.env, added...)
	return nil
}

// expand replaces $NAME and ${NAME} by what ENV set before; $PATH is this
// machine's, for want of the image's.
func (r *recipe) expand(text string) string {
	return os.Expand(text, func(name string) string {
		for _, v := range slices.Backward(r.env) {
			if v.name == name {
				return v.value
			}
		}
		if name == "PATH" {
			return os.Getenv("PATH")
		}
		return ""
	})
}
