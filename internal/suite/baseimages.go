package suite

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/distribution/reference"
)

// BaseImage is an image from a registry that a task's environment is made
// from.
type BaseImage struct {
	Name   string `json:"name"`             // as the task names it
	Digest string `json:"digest,omitempty"` // "sha256:..."; empty: not known
}

// baseImages returns what the task's Dockerfile takes from registries (FROM and
// COPY --from, with the defaults of ARG), or the image the task uses as it is,
// sorted by name. Digests are those the names carry; others are the caller's to
// find.
func baseImages(t *Task) ([]BaseImage, error) {
	names := []string{t.Environment.Image}
	if t.Environment.Context != "" {
		file := filepath.Join(t.Environment.Context, filepath.FromSlash(t.Environment.Dockerfile))
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("reading base images: %w", err)
		}
		names = dockerfileImages(data, t.Environment.BuildArgs)
	}
	slices.Sort(names)
	var images []BaseImage
	for _, name := range slices.Compact(names) {
		image := BaseImage{Name: name}
		if ref, err := reference.ParseNormalizedNamed(name); err == nil {
			if digested, ok := ref.(reference.Digested); ok {
				image.Digest = digested.Digest().String()
			}
		}
		images = append(images, image)
	}
	return images, nil
}

var (
	fromLine  = regexp.MustCompile(`(?i)^FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?`)
	argLine   = regexp.MustCompile(`(?i)^ARG\s+([A-Za-z_]\w*)=(.*)$`)
	copyFrom  = regexp.MustCompile(`(?i)^COPY\s.*?--from=(\S+)`)
	heredoc   = regexp.MustCompile(`<<-?\s*["']?([A-Za-z_]\w*)["']?`)
	argInName = regexp.MustCompile(`\$\{([A-Za-z_]\w*)(?::?-([^}]*))?\}|\$([A-Za-z_]\w*)`)
)

func dockerfileImages(data []byte, args map[string]string) []string {
	known := make(map[string]string)
	stages := make(map[string]bool)
	count := 0
	var images []string
	add := func(name string) {
		n, err := strconv.Atoi(name)
		isStage := stages[strings.ToLower(name)] || err == nil && n < count
		if name != "" && name != "scratch" && !isStage {
			images = append(images, name)
		}
	}
	for _, line := range dockerfileLines(data) {
		if m := argLine.FindStringSubmatch(line); m != nil && count == 0 {
			known[m[1]] = strings.Trim(m[2], `"'`)
			if given, ok := args[m[1]]; ok {
				known[m[1]] = given
			}
		}
		if m := fromLine.FindStringSubmatch(line); m != nil {
			add(substituteArgs(m[1], known))
			count++
			if m[2] != "" {
				stages[strings.ToLower(m[2])] = true
			}
		}
		if m := copyFrom.FindStringSubmatch(line); m != nil {
			add(m[1])
		}
	}
	return images
}

func substituteArgs(name string, args map[string]string) string {
	return argInName.ReplaceAllStringFunc(name, func(s string) string {
		m := argInName.FindStringSubmatch(s)
		if value, ok := args[m[1]+m[3]]; ok {
			return value
		}
		return m[2]
	})
}

// dockerfileLines joins continued lines and drops comments and the bodies of
// here-documents, in which a line can begin with FROM and mean Python.
func dockerfileLines(data []byte) []string {
	var lines []string
	var joined, end string
	scan := bufio.NewScanner(bytes.NewReader(data))
	scan.Buffer(nil, 1<<20)
	for scan.Scan() {
		line := strings.TrimSpace(scan.Text())
		switch {
		case end != "":
			if line == end {
				end = ""
			}
			continue
		case strings.HasPrefix(line, "#"):
			continue
		case strings.HasSuffix(line, `\`):
			joined += strings.TrimSuffix(line, `\`) + " "
			continue
		}
		line, joined = strings.TrimSpace(joined+line), ""
		lines = append(lines, line)
		if m := heredoc.FindStringSubmatch(line); m != nil {
			end = m[1]
		}
	}
	return append(lines, strings.TrimSpace(joined))
}
