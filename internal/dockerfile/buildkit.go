package dockerfile

import (
	"slices"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
)

// Need is what of a Dockerfile only BuildKit builds, and the engine's older builder
// does not.
type Need struct {
	What string // as in "RUN --mount"
	Line int
}

// platformArguments are set by BuildKit, without a value in the build.
var platformArguments = []string{
	"TARGETPLATFORM", "TARGETOS", "TARGETARCH", "TARGETVARIANT", "BUILDPLATFORM", "BUILDOS", "BUILDARCH", "BUILDVARIANT",
}

// NeedsBuildKit names the first instruction that only BuildKit carries out, and the
// first here-document, which its newer versions read; nil: there is none.
func (f *File) NeedsBuildKit() (first, heredoc *Need) {
	for _, in := range f.Instructions {
		what, isHeredoc := beyondOlderBuilder(in)
		if what == "" {
			continue
		}
		need := &Need{what, in.Line}
		if first == nil {
			first = need
		}
		if isHeredoc && heredoc == nil {
			heredoc = need
		}
	}
	return first, heredoc
}

func beyondOlderBuilder(in Instruction) (what string, heredoc bool) {
	switch is := in.Is.(type) {
	case *instructions.RunCommand:
		switch {
		case len(is.Files) > 0:
			return "RUN <<" + is.Files[0].Name, true
		case len(is.FlagsUsed) > 0:
			return "RUN --" + is.FlagsUsed[0], false
		}
	case *instructions.CopyCommand:
		return firstOf([]asked{
			{is.Chmod != "", "COPY --chmod"},
			{is.Link, "COPY --link"},
			{is.Parents, "COPY --parents"},
			{len(is.ExcludePatterns) > 0, "COPY --exclude"},
		}, "COPY", is.SourceContents)
	case *instructions.AddCommand:
		return firstOf([]asked{
			{is.Chmod != "", "ADD --chmod"},
			{is.Link, "ADD --link"},
			{is.Checksum != "", "ADD --checksum"},
			{is.KeepGitDir != nil, "ADD --keep-git-dir"},
			{is.Unpack != nil, "ADD --unpack"},
			{len(is.ExcludePatterns) > 0, "ADD --exclude"},
		}, "ADD", is.SourceContents)
	case *instructions.ArgCommand:
		for _, arg := range is.Args {
			if arg.Value == nil && slices.Contains(platformArguments, arg.Key) {
				return "ARG " + arg.Key, false
			}
		}
	}
	return "", false
}

type asked struct {
	is   bool
	what string
}

func firstOf(flags []asked, name string, contents []instructions.SourceContent) (what string, heredoc bool) {
	if len(contents) > 0 {
		return name + " <<" + contents[0].Path, true
	}
	for _, f := range flags {
		if f.is {
			return f.what, false
		}
	}
	return "", false
}
