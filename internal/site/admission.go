package site

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"github.com/benchgate/benchgate/internal/agent"
	"github.com/benchgate/benchgate/internal/meter"
	"github.com/benchgate/benchgate/internal/prices"
	"github.com/benchgate/benchgate/internal/trial"
	"github.com/benchgate/benchgate/internal/wait"
)

// Admission asks the model API, by itself and through the meter, whether it would
// answer trials.
type Admission struct {
	ways  ways
	apis  map[string]agent.API // by the model that is asked there; of others: Anthropic's
	meter *meter.Meter
}

// NewAdmission is for asking outside of a run: nothing is recorded. asking are the
// agents that ask for models, by the names of these.
func NewAdmission(c API, asking map[string]agent.Agent, lookup func(string) (string, bool), log *slog.Logger) (*Admission, error) {
	ways, err := findWays(c, lookup)
	if err != nil {
		return nil, err
	}
	m, err := meter.New(ways.lead(meter.Options{Prices: prices.Default(), Log: log}))
	if err != nil {
		return nil, err
	}
	apis := make(map[string]agent.API)
	for model, row := range asking {
		apis[model] = ways.askedBy(row)
	}
	return &Admission{ways: ways, apis: apis, meter: m}, nil
}

// to is the way to the API that is asked for the model.
func (a *Admission) to(model string) access {
	of, known := a.apis[model]
	if !known {
		of = agent.AnthropicMessages
	}
	return a.ways.to(of)
}

// questions are how that API is asked: to count tokens, and for an answer.
func (a *Admission) questions(model string) (count, probe question) {
	if a.apis[model].Name == agent.OpenAIResponses.Name {
		return a.meter.CountResponse, a.meter.ProbeResponse
	}
	return a.meter.CountTokens, a.meter.Probe
}

// probeTimeout is how long one question may take: an API that is slower is not
// known to refuse.
const probeTimeout = 20 * time.Second

// pauseBeforeProbe is how long the second question waits where nobody was at the
// address at the first.
const pauseBeforeProbe = time.Second

// Check asks about a model before the first trial. It counts tokens, which is free.
// A gateway may not have that, or have other rules for it, so any other answer than
// success is followed by a probe of one output token, and only that decides. The
// error matches [ErrNoAdmission]. doubt says why the API did not answer, which it
// may do later; the trials will tell.
func (a *Admission) Check(ctx context.Context, model string) (doubt string, err error) {
	count, probe := a.questions(model)
	line, _ := a.ask(ctx, count, model)
	if line.Retry == "" {
		return "", nil
	}
	if isUnreachable(line) {
		_ = wait.For(ctx, pauseBeforeProbe) // the probe itself ends with the context
	}
	line, err = a.ask(ctx, probe, model)
	switch {
	case ctx.Err() != nil:
		return "", fmt.Errorf("asking the model API: %w", ctx.Err())
	case isUnreachable(line):
		return "", &noAdmission{api: a.to(model), line: line, cause: err}
	}
	return a.doubt(line), a.refusal(line)
}

// Probe asks for one output token of a model. The error matches [ErrNoAdmission];
// it is nil too when the API is busy or broken, which is no refusal. answered tells
// that the API answered with a result.
func (a *Admission) Probe(ctx context.Context, model string) (answered bool, err error) {
	_, probe := a.questions(model)
	line, _ := a.ask(ctx, probe, model)
	return line.Retry == "", a.refusal(line)
}

// Unpriced is the error for a trial's request that the meter refused because its
// model has no price; it matches [ErrNoAdmission]. Nil for every other line. There is
// nothing to ask: the table decides.
func (a *Admission) Unpriced(line meter.Entry) error {
	if line.Refusal() != meter.NoPrice {
		return nil
	}
	return a.refusal(line)
}

type question func(ctx context.Context, model string) (meter.Entry, error)

func (a *Admission) ask(ctx context.Context, q question, model string) (meter.Entry, error) {
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	return q(ctx, model)
}

// isUnreachable tells that no connection was made.
func isUnreachable(line meter.Entry) bool {
	return line.Status == 0 && !line.Cut && (line.Retry == meter.Network || line.Retry == meter.Aborted)
}

// doubt says why it is not known whether the API would answer; empty when it is.
func (a *Admission) doubt(line meter.Entry) string {
	api := a.to(line.Model)
	switch {
	case line.Retry == meter.Aborted:
		return fmt.Sprintf("the model API at %s did not answer a question of one token within %s; the trials will tell", api.upstream.Host, probeTimeout)
	case line.Retry == meter.Rejected && api.keyFrom == agent.AnthropicMessages.OAuthVariable:
		return fmt.Sprintf("the model API at %s takes the token of %s, and may answer it for Claude Code only (%d); the trials will tell", api.upstream.Host, api.keyFrom, line.Status)
	case line.Retry.Retried() && line.Status >= http.StatusBadRequest:
		return fmt.Sprintf("the model API at %s answered %d to a question of one token; the trials will tell", api.upstream.Host, line.Status)
	}
	return ""
}

// refusal is why trials would get no answer; nil: they may get one.
func (a *Admission) refusal(line meter.Entry) error {
	if line.Refusal() == "" && !answersOtherwise(line.Status) {
		return nil
	}
	return &noAdmission{api: a.to(line.Model), line: line}
}

// IsUnknownModel tells that an error that matches [ErrNoAdmission] is about this
// model, which the API does not have.
func IsUnknownModel(err error, model string) bool {
	var e *noAdmission
	return errors.As(err, &e) && e.line.Refusal() == meter.NoModel && e.line.Model == model
}

// modelsOf are the names under which the subjects ask for their models, each once.
// What only an agent knows (an alias) is not among them.
func modelsOf(subjects []trial.Subject) []string {
	var all []string
	for _, s := range subjects {
		if name := s.AskedModel(); name != "" && !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	return all
}

// apisOf are the APIs that the subjects' models are asked at.
func (w ways) apisOf(subjects []trial.Subject) map[string]agent.API {
	all := make(map[string]agent.API)
	for _, s := range subjects {
		if name := s.AskedModel(); name != "" && s.Agent.API != nil {
			all[name] = w.askedBy(s.Agent)
		}
	}
	return all
}
