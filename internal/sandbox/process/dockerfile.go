package process

import (
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"

	"github.com/benchgate/benchgate/internal/dockerfile"
	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/benchgate/benchgate/internal/sandbox/buildcontext"
)

// recipe is what a Dockerfile says that this engine can do.
type recipe struct {
	dockerfile *dockerfile.File
	files      *buildcontext.Context
	workdir    string
	user       string
	entrypoint []string   // which is not run
	env        []variable // in order: later ones may use earlier ones
	steps      []step
}

type variable struct{ name, value string }

// step is a COPY or, without sources, a WORKDIR that makes its folder.
type step struct {
	sources []string // slash-separated, inside the context
	to      string   // absolute, as the task writes it; ends in "/" when it must be a folder
	at      string   // file:line, for errors
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
	parsed, err := dockerfile.Parse(name, []byte(text))
	if err != nil {
		return recipe{workdir: "/"}, err
	}
	r := recipe{workdir: "/", dockerfile: parsed}
	var errs []error
	stages := 0
	for _, in := range parsed.Instructions {
		at := fmt.Sprintf("%s:%d", name, in.Line)
		if _, from := in.Is.(*instructions.Stage); from {
			stages++
		}
		err := r.add(in, at)
		if stages > 1 && in.Name == "FROM" {
			err = unsupported("a second FROM")
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", at, err))
		}
	}
	return r, errors.Join(errs...)
}

func unsupported(what string) error {
	return fmt.Errorf("%s: %w: this task needs `sandbox: docker`", what, sandbox.ErrUnsupported)
}

// add takes in one instruction. CMD changes nothing, and ENTRYPOINT is only known:
// nothing runs in a sandbox but the commands it is given.
func (r *recipe) add(in dockerfile.Instruction, at string) error {
	if words, ok := in.Is.(instructions.SupportsSingleWordExpansion); ok {
		if err := words.Expand(r.expand); err != nil {
			return err
		}
	}
	switch is := in.Is.(type) {
	case *instructions.Stage, *instructions.CmdCommand:
		return nil
	case *instructions.EntrypointCommand:
		r.entrypoint = is.CmdLine
		return nil
	case *instructions.WorkdirCommand:
		r.workdir = path.Clean(r.absolute(is.Path))
		r.steps = append(r.steps, step{to: r.workdir, at: at})
		return nil
	case *instructions.CopyCommand:
		return r.addCopy(is, at)
	case *instructions.EnvCommand:
		for _, v := range is.Env {
			r.env = append(r.env, variable{v.Key, v.Value})
		}
		return nil
	case *instructions.UserCommand:
		r.user = is.User
		return nil
	}
	return unsupported(in.Name)
}

func (r *recipe) absolute(p string) string {
	if path.IsAbs(p) {
		return p
	}
	return r.workdir + "/" + p
}

// addCopy takes in COPY. It ignores --chown, because all files belong to this
// user.
func (r *recipe) addCopy(c *instructions.CopyCommand, at string) error {
	if what := beyondCopying(c); what != "" {
		return unsupported("COPY " + what)
	}
	folder := strings.HasSuffix(c.DestPath, "/") || c.DestPath == "." || len(c.SourcePaths) > 1
	s := step{to: path.Clean(r.absolute(c.DestPath)), at: at}
	if folder && s.to != "/" {
		s.to += "/"
	}
	for _, source := range c.SourcePaths {
		s.sources = append(s.sources, strings.TrimPrefix(path.Clean("/"+source), "/"))
	}
	r.steps = append(r.steps, s)
	return nil
}

// beyondCopying names what a COPY asks for besides copying files and folders
// of the context; empty when it asks for nothing more.
func beyondCopying(c *instructions.CopyCommand) string {
	switch {
	case c.From != "":
		return "--from=" + c.From
	case c.Chmod != "":
		return "--chmod=" + c.Chmod
	case c.Link:
		return "--link"
	case c.Parents:
		return "--parents"
	case len(c.ExcludePatterns) > 0:
		return "--exclude=" + c.ExcludePatterns[0]
	case len(c.SourceContents) > 0:
		return "<<" + c.SourceContents[0].Path
	}
	for _, source := range c.SourcePaths {
		if strings.ContainsAny(source, "*?[") {
			return source
		}
	}
	return ""
}

// expand replaces $NAME by what ENV set before; $PATH is this machine's, for
// want of the image's.
func (r *recipe) expand(word string) (string, error) {
	variables := []string{"PATH=" + os.Getenv("PATH")}
	for _, v := range r.env {
		variables = append(variables, v.name+"="+v.value)
	}
	return r.dockerfile.Expand(word, variables)
}
