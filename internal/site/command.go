package site

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/benchgate/benchgate/internal/agent"
	"github.com/benchgate/benchgate/internal/meter"
	"github.com/benchgate/benchgate/internal/otlp"
	"github.com/benchgate/benchgate/internal/prices"
	"github.com/benchgate/benchgate/internal/report"
)

// Command is any program whose model requests are metered.
type Command struct {
	Argv []string // at least the program

	// Model is the main one: others on the small-model list count as
	// housekeeping. Empty: none does.
	Model string

	Prices   string // file with prices of the user's own; empty: the embedded table alone
	Ledger   string // file to which the ledger is appended; empty: none is kept
	Upstream string // base URL of the model API; empty: as the environment says

	USD      float64 // what the command may cost; zero: no limit
	Tokens   int64   // how many of all kinds it may use; zero: no limit
	Requests int     // how many model requests it may make; zero: no limit

	// Linger is how long processes that the command has left behind are waited for.
	Linger time.Duration

	Environ        []string // as os.Environ gives it
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Signals        <-chan os.Signal // are passed on to the command

	LookupEnv func(string) (string, bool)
	Log       *slog.Logger
	Notice    func(string) // is told what the user should know, one sentence at a time
}

// Meter runs the command with the meter between it and the model, and with a
// receiver for its telemetry, and says what it cost. A command that was started and
// ended gives no error, whatever its exit code, which is 128+n after signal n. No
// other children of this process may be running.
func Meter(ctx context.Context, c Command) (bill report.Bill, code int, err error) {
	table, err := prices.Load(c.Prices)
	if err != nil {
		return bill, 0, err
	}
	ways, err := findWays(API{BaseURL: c.Upstream, BaseURLFrom: "--upstream"}, c.LookupEnv)
	if err != nil {
		return bill, 0, err
	}
	logins := ways.logins()
	if api := ways.anthropic; len(logins) == len(agent.APIs()) && !c.leadsHome(api) {
		c.Notice(fmt.Sprintf("requests to %s have no key: what the agent itself logs in with is sent only where it would have sent it; set %s",
			api.upstream.Redacted(), orList(agent.AnthropicMessages.SecretVariables())))
	}
	var ledger *meter.Ledger
	if c.Ledger != "" {
		if ledger, err = meter.JoinLedger(c.Ledger); err != nil {
			return bill, 0, err
		}
		defer func() { err = errors.Join(err, ledger.Close()) }()
	}
	o := ways.lead(meter.Options{Prices: table, Ledger: ledger, MaxRequests: c.Requests, Log: c.Log})
	o.PassLogin = ways.anthropic.isLogin() && c.leadsHome(ways.anthropic)
	o.OpenAI.PassLogin = ways.openAI.isLogin() && c.leadsHome(ways.openAI)
	m, err := meter.New(o)
	if err != nil {
		return bill, 0, err
	}
	work := metered{
		id: commandID(time.Now()), model: c.Model, linger: c.Linger,
		meter: m, receiver: otlp.NewReceiver(otlp.Options{Log: c.Log}), prices: table,
	}
	if err := c.run(ctx, &work, logins); err != nil {
		return bill, 0, err
	}
	return work.bill(), work.end.code, nil
}

// leadsHome reports whether requests go to where the command's would go by themselves.
func (c Command) leadsHome(api access) bool {
	own, err := findAccess(API{}, api.of, c.LookupEnv)
	return err == nil && own.upstream.Scheme == api.upstream.Scheme && own.upstream.Host == api.upstream.Host
}

// commandID names a command's requests in the ledger as a trial's are named, and as
// no other command's are: several may share a ledger.
func commandID(begun time.Time) string { return "meter/" + NewID(begun) + "/1.1" }

// run serves meter and receiver on loopback for as long as the command runs, and what
// it left behind.
func (c Command) run(ctx context.Context, w *metered, logins []string) (err error) {
	serving, stop := context.WithCancel(context.WithoutCancel(ctx))
	group, serving := errgroup.WithContext(serving)
	defer func() {
		stop()
		err = errors.Join(err, group.Wait())
	}()
	listen := func() (l net.Listener, err error) {
		if l, err = listen(ctx, "127.0.0.1"); err != nil {
			return nil, fmt.Errorf("listening: %w", err)
		}
		return l, nil
	}
	api, err := listen()
	if err != nil {
		return err
	}
	group.Go(func() error { return serveHTTP(serving, api, w.meter, c.Log) })
	telemetry, err := listen()
	if err != nil {
		return err
	}
	group.Go(func() error { return w.receiver.Serve(serving, telemetry) })

	otlpToken := w.receiver.Admit(w.id)
	token := w.meter.Admit(meter.Trial{ID: w.id, Model: c.Model, SmallModels: w.smallModels(), BudgetUSD: c.USD, MaxTokens: c.Tokens, AllPlaces: true})
	led := agent.Led{
		MeterURL: baseURL("127.0.0.1", api) + "/" + token, OTLPURL: baseURL("127.0.0.1", telemetry) + "/" + otlpToken, ID: w.id, Logins: logins,
	}
	p := program{
		argv: led.Command(c.Argv), stdin: c.Stdin, stdout: c.Stdout, stderr: c.Stderr, signals: c.Signals, linger: c.Linger,
		environ: led.Environment(c.Environ),
	}
	before := readWorkdir(c.Log)
	w.begun = time.Now()
	err = p.run(ctx)
	w.end = p.end
	w.meter.Revoke(token)
	w.receiver.Revoke(otlpToken)
	// What was in flight is still to be paid for.
	clean, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	w.kept = keptSince(before, readWorkdir(c.Log))
	return errors.Join(err, w.meter.Wait(clean, w.id))
}
