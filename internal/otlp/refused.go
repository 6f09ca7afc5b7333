package otlp

import (
	"errors"
	"io"
	"maps"
	"os"
	"slices"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// refuse counts a request that is not kept, and logs the first of a trial's requests
// that are refused for one kind of reason: an exporter sends hundreds. How many there
// were is told when the token is revoked. Nothing that the sender wrote goes into the
// log.
func (r *Receiver) refuse(token string, signal Signal, reason error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	trial, ok := r.trials[token]
	if !ok {
		return
	}
	in, kind := r.open(trial), kindOf(reason)
	in.refused++
	if in.kinds == nil {
		in.kinds = make(map[string]int)
	}
	if in.kinds[kind]++; in.kinds[kind] == 1 {
		r.log.Warn("telemetry refused", "trial", trial, "signal", string(signal), "reason", reason.Error())
	}
}

// logRefused logs how many refused requests had no line of their own. The caller
// holds r.mu.
func (r *Receiver) logRefused(trial string) {
	in := r.open(trial)
	for _, kind := range slices.Sorted(maps.Keys(in.kinds)) {
		if more := in.kinds[kind] - 1; more > 0 {
			r.log.Warn("more telemetry refused", "trial", trial, "reason", kind, "more", more)
		}
	}
	in.kinds = nil
}

// kindOf is one of few texts: a reason itself may name a connection.
func kindOf(reason error) string {
	for _, kind := range []error{errTooLarge, errTrialFull, errAllFull, errContentType, errContentEncoding, io.ErrUnexpectedEOF, os.ErrDeadlineExceeded} {
		if errors.Is(reason, kind) {
			return kind.Error()
		}
	}
	if code := status.Code(reason); code != codes.Unknown {
		return code.String()
	}
	return "the body cannot be read"
}
