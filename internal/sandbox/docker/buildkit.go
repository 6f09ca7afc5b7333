package docker

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/benchgate/benchgate/internal/dockerfile"
	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/benchgate/benchgate/internal/step"
	"github.com/benchgate/benchgate/internal/suite"
	"github.com/docker/docker/api/types/build"
	"github.com/docker/docker/api/types/versions"
	control "github.com/moby/buildkit/api/services/control"
)

// heredocsFrom is the API of Docker Engine 23, the first whose own BuildKit reads
// here-documents.
const heredocsFrom = "1.42"

// builderFor chooses the builder: the older one, which every engine has and which
// takes logins to registries with the request, unless the Dockerfile needs BuildKit.
// BuildKit would take logins over a session; so what it builds from is pulled before.
func (e *Engine) builderFor(ctx context.Context, env suite.Environment, log io.Writer) (build.BuilderVersion, error) {
	name := filepath.Join(env.Context, filepath.FromSlash(orDockerfile(env.Dockerfile)))
	text, err := os.ReadFile(name)
	if err != nil {
		return "", fmt.Errorf("reading Dockerfile: %w", err)
	}
	file, err := dockerfile.Parse(name, text)
	if err != nil {
		return build.BuilderV1, nil //nolint:nilerr // the engine says what it thinks of it
	}
	need, heredoc := file.NeedsBuildKit()
	if need == nil {
		return build.BuilderV1, nil
	}
	if heredoc != nil && versions.LessThan(e.api.ClientVersion(), heredocsFrom) {
		return "", fmt.Errorf("%s:%d: %s: %w: here-documents need Docker Engine 23 or newer, this one is %s", name, heredoc.Line, heredoc.What, sandbox.ErrUnsupported, e.info.ServerVersion)
	}
	images, err := file.Images(env.BuildArgs)
	if err != nil {
		return "", err
	}
	for _, image := range images {
		if _, err := e.pulled(ctx, suite.Environment{Image: image}, log); err != nil {
			return "", fmt.Errorf("%s:%d: %s needs BuildKit: %w", name, need.Line, need.What, err)
		}
	}
	return build.BuilderBuildKit, nil
}

func orDockerfile(name string) string {
	if name == "" {
		return "Dockerfile"
	}
	return name
}

// packed compresses a tar. BuildKit takes a request's body for a tar where it begins as
// gzip does, or with a whole header in its first 1024 bytes, as ours does not always.
func packed(write func(context.Context, io.Writer) error) func(context.Context, io.Writer) error {
	return func(ctx context.Context, w io.Writer) error {
		zip, err := gzip.NewWriterLevel(w, gzip.BestSpeed)
		if err != nil {
			return err
		}
		if err := write(ctx, zip); err != nil {
			return err
		}
		return zip.Close()
	}
}

// traceID marks the messages in which BuildKit says what it does.
const traceID = "moby.buildkit.trace"

// bkStep is how BuildKit names an instruction: "[2/3] RUN true", "[build 2/3] RUN true".
var bkStep = regexp.MustCompile(`^\[(?:\S+ +)?([0-9]{1,9})/([0-9]{1,9})\] ([^\n]*)`)

// trace writes what BuildKit tells of a build as the older builder's messages are: each
// step's name as it begins, and what it prints.
type trace struct {
	log   io.Writer
	step  *step.Step
	begun map[string]bool // by a step's digest
}

// take reads one message: a text in base64, as JSON has bytes, of a StatusResponse.
func (t *trace) take(aux json.RawMessage) error {
	var data []byte
	if err := json.Unmarshal(aux, &data); err != nil {
		return fmt.Errorf("reading BuildKit's progress: %w", err)
	}
	var status control.StatusResponse
	if err := status.UnmarshalVT(data); err != nil {
		return fmt.Errorf("reading BuildKit's progress: %w", err)
	}
	for _, v := range status.GetVertexes() {
		if v.GetStarted() == nil || t.begun[v.GetDigest()] || len(t.begun) > maxLayers {
			continue
		}
		t.begun[v.GetDigest()] = true
		t.begin(v.GetName())
	}
	for _, l := range status.GetLogs() {
		if _, err := t.log.Write(l.GetMsg()); err != nil {
			return fmt.Errorf("keeping the engine's progress: %w", err)
		}
	}
	return nil
}

func (t *trace) begin(name string) {
	_, _ = io.WriteString(t.log, strings.TrimSuffix(name, "\n")+"\n") // what follows tells of an error
	now := bkStep.FindStringSubmatch(name)
	if now == nil {
		return
	}
	done, _ := strconv.ParseInt(now[1], 10, 64) // nine digits
	total, _ := strconv.ParseInt(now[2], 10, 64)
	t.step.Of(done, total, step.Parts)
	t.step.Now(now[3])
}
