package otlp

import (
	"cmp"
	"crypto/rand"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"
)

// Options are a receiver's settings; every zero value has a default.
type Options struct {
	Log *slog.Logger     // nil: nothing is logged
	Now func() time.Time // nil: time.Now

	// MaxBytes bounds one body, decompressed; 0 is 8 MiB.
	MaxBytes int64

	// MaxTrialBytes bounds all bodies of one trial together; 0 is 64 MiB. An
	// agent must not be able to exhaust this process's memory.
	MaxTrialBytes int64

	// MaxAllBytes bounds the bodies of all trials together, until [Receiver.Forget];
	// 0 is 512 MiB.
	MaxAllBytes int64

	// ReadTimeout is how long a body may take to come; 0 is ten seconds, after which
	// exporters give up themselves.
	ReadTimeout time.Duration
}

// Receiver takes the telemetry of many trials at once and tells them apart by
// their tokens. Its methods may be called concurrently.
type Receiver struct {
	log           *slog.Logger
	now           func() time.Time
	maxBytes      int64
	maxTrialBytes int64
	maxAllBytes   int64
	readTimeout   time.Duration
	reading       *semaphore.Weighted // bytes of the bodies that are being read

	mu     sync.Mutex
	trials map[string]string // by token
	inbox  map[string]*inbox // by trial
	kept   int64             // bytes of all trials' bodies
}

// inbox is what came in for one trial.
type inbox struct {
	payloads []Payload
	bytes    int64
	refused  int
	kinds    map[string]int      // of them by their kind, since the last token was revoked
	reading  *semaphore.Weighted // bytes of its bodies that are being read
}

// payloadBytes is added to the size of each body, so that a very large number of
// empty ones reaches MaxTrialBytes too.
const payloadBytes = 128

var (
	errUnknownToken = errors.New("unknown token")
	errTrialFull    = errors.New("the trial has sent more telemetry than is kept")
	errAllFull      = errors.New("the trials have sent more telemetry than is kept")
)

// NewReceiver returns a receiver that knows no trial yet.
func NewReceiver(o Options) *Receiver {
	r := &Receiver{
		log:           o.Log,
		now:           o.Now,
		maxBytes:      o.MaxBytes,
		maxTrialBytes: o.MaxTrialBytes,
		maxAllBytes:   cmp.Or(o.MaxAllBytes, 512<<20),
		readTimeout:   cmp.Or(o.ReadTimeout, readTimeout),
		trials:        make(map[string]string),
		inbox:         make(map[string]*inbox),
	}
	if r.log == nil {
		r.log = slog.New(slog.DiscardHandler)
	}
	if r.now == nil {
		r.now = time.Now
	}
	if r.maxBytes == 0 {
		r.maxBytes = 8 << 20
	}
	r.reading = semaphore.NewWeighted(max(readingBytes, r.maxBytes))
	if r.maxTrialBytes == 0 {
		r.maxTrialBytes = 64 << 20
	}
	return r
}

// Admit makes a new token for a trial. It has letters and digits only, because
// some of the agents' exporters percent-decode header values and some do not.
func (r *Receiver) Admit(trialID string) (token string) {
	token = rand.Text()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.trials[token] = trialID
	r.open(trialID)
	return token
}

// Revoke ends a token: after it returns nothing more is taken with it, not even
// the rest of a request that has begun. Call it only after the agent had time to
// send its last telemetry. Revoking a token twice, or an unknown one, does
// nothing.
func (r *Receiver) Revoke(token string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if trial, ok := r.trials[token]; ok {
		delete(r.trials, token)
		r.logRefused(trial)
	}
}

// Payloads returns what came in for a trial, in the order of arrival.
func (r *Receiver) Payloads(trialID string) []Payload {
	r.mu.Lock()
	defer r.mu.Unlock()
	if in := r.inbox[trialID]; in != nil {
		return slices.Clone(in.payloads)
	}
	return nil
}

// Refused is the number of requests that had the trial's token and were not
// kept: too large, damaged, broken off, or not OTLP. When it is above 0, numbers
// from the trial's telemetry are lower bounds.
func (r *Receiver) Refused(trialID string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	if in := r.inbox[trialID]; in != nil {
		return in.refused
	}
	return 0
}

// Deliver adds payloads to a trial as if its agent had sent them. A replay adds
// its recording's.
func (r *Receiver) Deliver(trialID string, payloads []Payload) {
	r.mu.Lock()
	defer r.mu.Unlock()
	in := r.open(trialID)
	for _, p := range payloads {
		r.add(in, p)
	}
}

// Forget ends the trial's tokens and frees what it holds.
func (r *Receiver) Forget(trialID string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for token, trial := range r.trials {
		if trial == trialID {
			delete(r.trials, token)
		}
	}
	if in := r.inbox[trialID]; in != nil {
		r.kept -= in.bytes
	}
	delete(r.inbox, trialID)
}

// open returns the trial's inbox, making it first if need be.
func (r *Receiver) open(trialID string) *inbox {
	in := r.inbox[trialID]
	if in == nil {
		in = &inbox{reading: semaphore.NewWeighted(max(trialReadingBytes, r.maxBytes))}
		r.inbox[trialID] = in
	}
	return in
}

func (r *Receiver) add(in *inbox, p Payload) {
	in.payloads = append(in.payloads, p)
	in.bytes += int64(len(p.Body)) + payloadBytes
	r.kept += int64(len(p.Body)) + payloadBytes
}

// known reports whether the token is a trial's, before its body is read.
func (r *Receiver) known(token string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	_, ok := r.trials[token]
	return ok
}

// keep stores a body. It looks the token up again, because it may have been
// revoked while the body came in.
func (r *Receiver) keep(token string, p Payload) error {
	p.Received = r.now()
	r.mu.Lock()
	defer r.mu.Unlock()
	trial, ok := r.trials[token]
	if !ok {
		return errUnknownToken
	}
	in := r.open(trial)
	if in.bytes+int64(len(p.Body))+payloadBytes > r.maxTrialBytes {
		return errTrialFull
	}
	if r.kept+int64(len(p.Body))+payloadBytes > r.maxAllBytes {
		return errAllFull
	}
	r.add(in, p)
	return nil
}
