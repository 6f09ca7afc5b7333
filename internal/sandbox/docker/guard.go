package docker

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/benchgate/benchgate/internal/helper"
	"github.com/benchgate/benchgate/internal/helper/guard"
	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/benchgate/benchgate/internal/suite"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/pkg/stdcopy"
)

// sentinel is the container that guards one sandbox's network: the helper, which
// owns the network namespace and sets the kernel's filter in it. The sandbox joins
// that namespace without the right to change it.
type sentinel struct {
	id string
}

// helperMemory is what a helper's container may use, in bytes. A relay holds up to 256
// KiB for each connection.
const helperMemory = 128 << 20

// sentinelTime is how long a sentinel may take to set its rules or to report.
const sentinelTime = 20 * time.Second

// rulesFor says where a sandbox gets to.
func rulesFor(spec sandbox.Spec, access suite.Access, m *machine) (guard.Rules, error) {
	rules := guard.Rules{Own: m.own, Answer: access.Network != ""}
	for _, to := range spec.Reach {
		addr, err := netip.ParseAddrPort(to)
		if err != nil {
			return guard.Rules{}, fmt.Errorf("opening %s to a sandbox: %w", to, err)
		}
		rules.Open = append(rules.Open, addr)
	}
	switch cmp.Or(access.Network, spec.Network) {
	case suite.Public:
		rules.Public, rules.Names = true, m.names
	case suite.Allowlist:
		rules.Hosts, rules.Ranges = splitHosts(access.Hosts)
	}
	return rules, nil
}

// splitHosts parts the names in a list of hosts from the addresses.
func splitHosts(hosts []string) (names []string, ranges []netip.Prefix) {
	for _, host := range hosts {
		addr, addrErr := netip.ParseAddr(host)
		prefix, prefixErr := netip.ParsePrefix(host)
		switch {
		case addrErr == nil:
			ranges = append(ranges, netip.PrefixFrom(addr, addr.BitLen()))
		case prefixErr == nil:
			ranges = append(ranges, prefix)
		default:
			names = append(names, host)
		}
	}
	return names, ranges
}

// guardSandbox returns a sentinel for a new sandbox.
func (e *Engine) guardSandbox(ctx context.Context, link *bridge, spec sandbox.Spec, m *machine) (*sentinel, error) {
	rules, err := rulesFor(spec, spec.Access, m)
	if err != nil {
		return nil, err
	}
	if !rules.Answer {
		return e.sentinelFor(ctx, link, spec, rules)
	}
	// What is made ahead must be good for every list of hosts.
	closed := guard.Rules{Open: rules.Open, Own: rules.Own, Answer: true}
	s, err := e.sentinelFor(ctx, link, spec, closed)
	if err != nil {
		return nil, err
	}
	if err := e.setRules(ctx, s, rules); err != nil {
		e.discard(ctx, s.id)
		return nil, err
	}
	return s, nil
}

// makeSentinel starts one and waits until its rules are set.
func (e *Engine) makeSentinel(ctx context.Context, link *bridge, spec sandbox.Spec, rules guard.Rules) (*sentinel, error) {
	host := &container.HostConfig{NetworkMode: container.NetworkMode(link.name), ExtraHosts: link.extraHosts, DNSOptions: link.dnsOptions}
	if !rules.Public {
		// Else some engines ask the machine's own name servers for the sandbox, and
		// a name can carry anything out.
		host.DNS = []string{"127.0.0.1"}
	}
	if rules.Public || rules.Answer {
		host.CapAdd = append(host.CapAdd, "NET_RAW") // to watch which names are asked for
	}
	if rules.Answer {
		host.DNSSearch = []string{"."} // none: each would be asked for with every name
		host.CapAdd = append(host.CapAdd, "NET_BIND_SERVICE")
	}
	id, line, err := e.runHelper(ctx, spec, host, "guard", rules.String())
	if err != nil {
		return nil, fmt.Errorf("guarding the network of %s: %w", spec.Trial, err)
	}
	report, err := guard.ParseReport(line)
	if err == nil && report.Error != "" {
		err = errors.New(report.Error)
	}
	if err == nil && rules.Answer {
		err = e.answerNames(ctx, id)
	}
	if err == nil && link.relayed && len(spec.Reach) > 0 {
		err = e.startRelay(ctx, id, spec.Reach)
	}
	if err != nil {
		e.discard(ctx, id)
		return nil, failed("guarding the network of "+spec.Trial, err)
	}
	return &sentinel{id: id}, nil
}

// runHelper starts the helper in a container of its own, with the one right to set
// rules in its network unless that is the machine's, and returns the container and
// the first line that it writes. Nothing of the image is run: a container needs one.
func (e *Engine) runHelper(ctx context.Context, spec sandbox.Spec, host *container.HostConfig, args ...string) (id, line string, err error) {
	mounts, err := e.mountAll(ctx, sandbox.Spec{Run: spec.Run, Trial: spec.Trial, Image: sandbox.Image{ID: spec.Image.ID}})
	if err != nil {
		return "", "", err
	}
	few := int64(64)
	host.Mounts, host.ReadonlyRootfs = mounts, true
	host.CapDrop, host.SecurityOpt = []string{"ALL"}, []string{"no-new-privileges"}
	if !host.NetworkMode.IsHost() {
		host.CapAdd = append(host.CapAdd, "NET_ADMIN")
	}
	host.LogConfig = container.LogConfig{Type: "none"}
	host.Resources = container.Resources{Memory: helperMemory, MemorySwap: helperMemory, PidsLimit: &few}
	config := &container.Config{
		Image: spec.Image.ID, Entrypoint: append([]string{helper.Path}, args...), User: "0:0", WorkingDir: "/",
		OpenStdin:   true, // on which it is asked
		Healthcheck: &container.HealthConfig{Test: []string{"NONE"}},
		Labels:      e.labels(spec.Run, labelGuard, args[0]),
	}
	if id, err = e.createIdle(ctx, "benchgate-"+args[0]+"-"+unique(), config, host); err != nil {
		return "", "", err
	}
	line, err = e.firstLineOf(ctx, id, func(ctx context.Context) error {
		return e.api.ContainerStart(ctx, id, container.StartOptions{})
	})
	if err != nil {
		e.discard(ctx, id)
		return "", "", err
	}
	return id, line, nil
}

// SetAccess implements sandbox.Sandbox.
func (b *box) SetAccess(ctx context.Context, access suite.Access) error {
	if b.guard == nil {
		return fmt.Errorf("changing what a sandbox reaches: %w: its network is not guarded", sandbox.ErrUnsupported)
	}
	m, err := b.engine.machineOf(ctx, b.spec)
	if err != nil {
		return err
	}
	rules, err := rulesFor(b.spec, access, m)
	if err != nil {
		return err
	}
	return b.engine.setRules(ctx, b.guard, rules)
}

func (e *Engine) setRules(ctx context.Context, s *sentinel, rules guard.Rules) error {
	if _, err := e.ask(ctx, s.id, sentinelTime, guard.SetRules, rules.String()); err != nil {
		return failed("setting what a sandbox reaches", err)
	}
	return nil
}

// Refused implements sandbox.Sandbox.
func (b *box) Refused(ctx context.Context) (sandbox.Refused, error) {
	if b.guard == nil {
		return sandbox.Refused{}, nil
	}
	said, err := b.engine.ask(ctx, b.guard.id, sentinelTime, guard.AskReport)
	if err != nil {
		return sandbox.Refused{}, fmt.Errorf("asking what was refused: %w", err)
	}
	report, err := guard.ParseReport(strings.Join(said, ""))
	if err != nil {
		return sandbox.Refused{}, fmt.Errorf("asking what was refused: %w", err)
	}
	refused := sandbox.Refused{Packets: report.Refused + report.Asked}
	for _, name := range report.Names {
		refused.To = append(refused.To, name.String())
	}
	for _, to := range report.To {
		refused.To = append(refused.To, to.String())
	}
	return refused, nil
}

// Asked implements sandbox.Sandbox.
func (b *box) Asked(ctx context.Context, wanted ...string) (sandbox.Asked, error) {
	if b.guard == nil {
		return sandbox.Asked{}, nil
	}
	said, err := b.engine.ask(ctx, b.guard.id, sentinelTime, guard.AskNames, wanted...)
	if err != nil {
		return sandbox.Asked{}, fmt.Errorf("asking which names were asked for: %w", err)
	}
	asked, err := guard.ParseAsked(strings.Join(said, ""))
	if err != nil {
		return sandbox.Asked{}, fmt.Errorf("asking which names were asked for: %w", err)
	}
	if asked.Error != "" {
		b.engine.log.DebugContext(ctx, "a guard does not see which names are asked for", "trial", b.spec.Trial, "why", asked.Error)
	}
	return sandbox.Asked{Watched: asked.Error == "", Hosts: asked.Names, More: asked.More, Lost: asked.Lost}, nil
}

// firstLineOf does something with a container that makes it write a line.
func (e *Engine) firstLineOf(ctx context.Context, id string, do func(context.Context) error) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, sentinelTime)
	defer cancel()
	stream, err := e.api.ContainerAttach(ctx, id, container.AttachOptions{Stream: true, Stdout: true, Stderr: true})
	if err != nil {
		return "", failed("listening to the helper", err)
	}
	defer stream.Close()
	defer context.AfterFunc(ctx, func() { stream.Close() })()
	if err := do(ctx); err != nil {
		return "", failed("starting the helper", err)
	}
	var said oneLine
	_, err = stdcopy.StdCopy(&said, &said, stream.Reader)
	switch {
	case errors.Is(err, errWhole):
		return said.text(), nil
	case ctx.Err() != nil:
		return "", failed("waiting for the helper", ctx.Err())
	default:
		return "", failed("waiting for the helper", fmt.Errorf("it ended after %.300q: %w", said.text(), errors.Join(err)))
	}
}

// errWhole ends the reading of a stream.
var errWhole = errors.New("the line has its end")

// oneLine is a writer that takes one line.
type oneLine struct{ said []byte }

func (l *oneLine) Write(p []byte) (int, error) {
	l.said = append(l.said, p...)
	switch {
	case l.said[len(l.said)-1] == '\n':
		return len(p), errWhole
	case len(l.said) > maxReport:
		return 0, errors.New("the line is too long")
	}
	return len(p), nil
}

// maxReport is more than a report of all that it can name has, in bytes.
const maxReport = 64 << 10

func (l *oneLine) text() string { return string(l.said) }
