package meter

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/benchgate/benchgate/internal/prices"
)

// Options are everything a meter needs.
type Options struct {
	// Upstream is the model API's base URL, http or https; a path (of a
	// gateway) is kept in front of the API's own.
	Upstream   *url.URL
	Credential Credential

	// PassLogin sends what a client logs in with (its x-api-key or Authorization
	// header) on to the upstream, where Credential has no key. It is for an upstream
	// that the client would have sent it to itself, and no other.
	PassLogin bool

	// OpenAI serves Responses and Chat Completions. Nil: what serves Messages does, as
	// a gateway.
	OpenAI *Upstream

	Prices *prices.Table

	// Ledger receives every line. Nil keeps the lines in memory only.
	Ledger *Ledger

	// BudgetUSD is what all trials together may cost, in US dollars; 0 is no
	// limit. Requests beyond it are answered 402. See [Trial.BudgetUSD] for
	// what is counted.
	BudgetUSD float64

	// MaxRequests is how many billed requests all trials together may make; 0 is
	// no limit. Requests beyond it are answered 402. Those that an earlier ledger
	// has, and those that an upstream refused, count; those that the meter itself
	// refused do not. It bounds a run whose models have no price, where no
	// dollar limit can.
	MaxRequests int

	Log       *slog.Logger      // nil: no log
	Now       func() time.Time  // nil: time.Now
	Transport http.RoundTripper // nil: a transport of the meter's own
}

// Meter is a proxy for model APIs (Anthropic Messages, OpenAI Responses, Chat
// Completions) that meters trials. It is an
// [http.Handler] and safe for concurrent use.
type Meter struct {
	anthropic   *Upstream
	openAI      *Upstream
	prices      *prices.Table
	ledger      *Ledger
	budgetUSD   float64
	log         *slog.Logger
	now         func() time.Time
	maxRequests int

	bodyLimits bodyLimits
	bodyRoom   *semaphore.Weighted // bytes of the bodies of all requests

	mu         sync.Mutex
	admissions map[string]*admission // by token
	accounts   map[string]*account   // by trial id
	spent      spending              // of all accounts
	requests   int                   // billed ones, of all accounts
	queue      []*exchange           // those that wait for room, in the order in which they came
	onRefusal  func(Entry)           // nil: nobody
	onLimit    func(time.Duration)   // nil: nobody
}

// New makes a meter. What its ledger already holds, from before a crash, is
// taken over: it counts against the budget and is part of [Meter.Entries].
func New(o Options) (*Meter, error) {
	if err := o.validate(); err != nil {
		return nil, fmt.Errorf("making the meter: %w", err)
	}
	m := &Meter{
		prices: o.Prices, ledger: o.Ledger, budgetUSD: o.BudgetUSD,
		maxRequests: o.MaxRequests, log: o.Log, now: o.Now,
		admissions: make(map[string]*admission),
		accounts:   make(map[string]*account),
	}
	m.setBodyLimits(usualBodyLimits)
	if m.log == nil {
		m.log = slog.New(slog.DiscardHandler)
	}
	if m.now == nil {
		m.now = time.Now
	}
	m.anthropic = newUpstream(Upstream{URL: o.Upstream, Credential: o.Credential, PassLogin: o.PassLogin, Transport: o.Transport})
	openAI := *m.anthropic
	if o.OpenAI != nil {
		openAI = *o.OpenAI
	}
	m.openAI = newUpstream(openAI.withoutVersion())
	if m.ledger != nil {
		m.takeOver(m.ledger.before)
	}
	return m, nil
}

func (m *Meter) setBodyLimits(limits bodyLimits) {
	m.bodyLimits, m.bodyRoom = limits, semaphore.NewWeighted(limits.all)
}

func (o Options) validate() error {
	var errs []error
	errs = append(errs, Upstream{URL: o.Upstream, Credential: o.Credential}.validate())
	if o.OpenAI != nil {
		errs = append(errs, o.OpenAI.validate())
	}
	if o.Prices == nil {
		errs = append(errs, errors.New("the price table is missing"))
	}
	if o.BudgetUSD < 0 {
		errs = append(errs, fmt.Errorf("the budget is negative: %v", o.BudgetUSD))
	}
	if o.MaxRequests < 0 {
		errs = append(errs, fmt.Errorf("the number of requests is negative: %d", o.MaxRequests))
	}
	return errors.Join(errs...)
}

// NewTransport is a transport as a meter uses one, to be changed before [New]: with
// other certificates, or another proxy than that of the process's environment.
func NewTransport() *http.Transport {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.DialContext = dialTelling(dialer.DialContext)
	t.MaxIdleConnsPerHost = 64  // every request goes to one host
	t.DisableCompression = true // the answer's bytes must pass as they are
	return t
}

// OnRefusal has tell called with the finished line of each request whose key,
// credit or model the API refuses ([Entry.Refusal]), from the request's goroutine;
// a trial's [Meter.Wait] waits for the call. Probes are not told of. Nil: nobody
// is told any more.
func (m *Meter) OnRefusal(tell func(Entry)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.onRefusal = tell
}

// OnRateLimit has tell called at each request of a trial that the API answers 429 or
// 529, or whose stream ends with such an error, with the time that it names
// (Retry-After); zero: none. Nil: nobody is told any more.
func (m *Meter) OnRateLimit(tell func(retryAfter time.Duration)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.onLimit = tell
}

// Entries returns the trial's ledger lines so far, in the order written.
func (m *Meter) Entries(trialID string) []Entry {
	m.mu.Lock()
	defer m.mu.Unlock()
	if a := m.accounts[trialID]; a != nil {
		return slices.Clone(a.entries)
	}
	return nil
}
