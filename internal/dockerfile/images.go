package dockerfile

import (
	"slices"
	"strconv"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
)

// Images are the names of the images that the file takes from registries: by
// FROM, COPY --from and RUN --mount=from, in order, without stages of its own
// and without "scratch". Arguments are the build's, over the defaults of ARG.
// The error is a [*problem.Problem]: a name that cannot be expanded.
func (f *File) Images(arguments map[string]string) ([]string, error) {
	r := imageReader{file: f, arguments: arguments}
	for _, in := range f.Instructions {
		if err := r.read(in); err != nil {
			return nil, f.source.AtPlace(in.Line, 0, "%v", err)
		}
	}
	return r.images, nil
}

type imageReader struct {
	file      *File
	arguments map[string]string

	variables []string // of the ARGs before the first FROM: the only ones FROM sees
	stages    []string // their names in lower case, "" for one without
	images    []string
}

func (r *imageReader) read(in Instruction) error {
	switch is := in.Is.(type) {
	case *instructions.ArgCommand:
		if len(r.stages) == 0 {
			return r.declare(is)
		}
	case *instructions.Stage:
		name, err := r.file.Expand(is.BaseName, r.variables)
		if err != nil {
			return err
		}
		r.add(name)
		r.stages = append(r.stages, strings.ToLower(is.Name))
	case *instructions.CopyCommand:
		r.add(is.From)
	case *instructions.RunCommand:
		return r.addMounts(is)
	}
	return nil
}

func (r *imageReader) declare(arg *instructions.ArgCommand) error {
	for _, a := range arg.Args {
		value, given := r.arguments[a.Key]
		if !given {
			if a.Value == nil {
				continue // not set, which ${NAME-default} tells from empty
			}
			var err error
			if value, err = r.file.Expand(*a.Value, r.variables); err != nil {
				return err
			}
		}
		r.variables = append(r.variables, a.Key+"="+value)
	}
	return nil
}

func (r *imageReader) addMounts(run *instructions.RunCommand) error {
	unchanged := func(word string) (string, error) { return word, nil }
	if err := run.Expand(unchanged); err != nil { // the mounts are only there afterwards
		return err
	}
	for _, mount := range instructions.GetMounts(run) {
		r.add(mount.From)
	}
	return nil
}

func (r *imageReader) add(name string) {
	n, err := strconv.Atoi(name)
	isStage := err == nil && n < len(r.stages) || slices.Contains(r.stages, strings.ToLower(name))
	if name != "" && name != "scratch" && !isStage {
		r.images = append(r.images, name)
	}
}
