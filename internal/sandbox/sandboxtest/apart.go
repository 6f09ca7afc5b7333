package sandboxtest

import (
	"context"
	"errors"
	"io"
	"net"
	"testing"

	"github.com/benchgate/benchgate/internal/suite"
)

func testApart(t *testing.T, l *lab) {
	one, two := l.create(t, l.spec("apart-1")), l.create(t, l.spec("apart-2"))
	if one.ID() == two.ID() || one.ID() == "" {
		t.Errorf("two sandboxes are called %q and %q", one.ID(), two.ID())
	}
	output(t, one, "echo mine > from-image.txt; echo new > only-here")
	if got := output(t, two, "cat from-image.txt; ls"); got != "from image\nfrom-image.txt\n" {
		t.Errorf("the other sandbox sees %q", got)
	}

	t.Setenv("BENCHGATE_CONTRACT_KEY", "sk-contract-secret")
	three := l.create(t, l.spec("apart-3"))
	if got := run(t, three, shell("env | grep -c sk-contract-secret")); got.Stdout != "0\n" {
		t.Error("a variable of this process reached the sandbox")
	}
}

func testGateway(t *testing.T, l *lab) {
	gateway, err := l.engine.Gateway(t.Context(), l.run, suite.Public)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", net.JoinHostPort(gateway.ListenHost, "0"))
	if err != nil {
		t.Fatalf("listening where the engine says: %v", err)
	}
	if err := listener.Close(); err != nil {
		t.Error(err)
	}
	if gateway.DialHost == "" {
		t.Error("the sandbox has nothing to dial")
	}
	again, err := l.engine.Gateway(t.Context(), l.run, suite.Public)
	if err != nil || again != gateway {
		t.Errorf("asked again: %+v, %v, first %+v", again, err, gateway)
	}
}

func testRemoval(t *testing.T, l *lab) {
	t.Run("twice", func(t *testing.T) {
		sb := l.create(t, l.spec("remove-twice"))
		for range 2 {
			if err := sb.Remove(t.Context()); err != nil {
				t.Errorf("removing: %v", err)
			}
		}
		if _, err := sb.Exec(t.Context(), shell("true")); err == nil {
			t.Error("a removed sandbox runs commands")
		}
	})
	t.Run("while a command runs", func(t *testing.T) {
		sb := l.create(t, l.spec("remove-running"))
		stdout, w := io.Pipe()
		ended := make(chan error, 1)
		go func() {
			cmd := shell("echo running; sleep 60")
			cmd.Stdout = w
			_, err := sb.Exec(t.Context(), cmd)
			ended <- err
		}()
		if _, err := stdout.Read(make([]byte, 16)); err != nil {
			t.Fatal(err)
		}
		if err := sb.Remove(t.Context()); err != nil {
			t.Errorf("removing: %v", err)
		}
		<-ended // it must return, with or without an error
	})
	t.Run("Sweep takes this run and no other", func(t *testing.T) {
		other := &lab{engine: l.engine, env: l.env, image: l.image, run: l.run + "-other"}
		mine, theirs := l.create(t, l.spec("sweep")), other.create(t, other.spec("sweep"))
		removed, err := l.engine.Sweep(t.Context(), l.run)
		if err != nil {
			t.Fatal(err)
		}
		if len(removed) == 0 {
			t.Error("Sweep says it removed nothing")
		}
		if _, err := mine.Exec(t.Context(), shell("true")); err == nil {
			t.Error("the swept sandbox still runs commands")
		}
		if got := output(t, theirs, "echo alive"); got != "alive\n" {
			t.Errorf("the other run's sandbox printed %q", got)
		}
		if removed, err := l.engine.Sweep(t.Context(), l.run); err != nil || len(removed) != 0 {
			t.Errorf("sweeping again = %q, %v, want nothing left", removed, err)
		}
	})
	t.Run("Sweep of dead runs leaves the living", func(t *testing.T) {
		sb := l.create(t, l.spec("sweep-living"))
		if _, err := l.engine.Sweep(t.Context(), ""); err != nil {
			t.Fatal(err)
		}
		if got := output(t, sb, "echo alive"); got != "alive\n" {
			t.Errorf("the living sandbox printed %q", got)
		}
	})
	t.Run("a cancelled Create leaves nothing", func(t *testing.T) {
		fresh := &lab{engine: l.engine, env: l.env, image: l.image, run: l.run + "-cancelled"}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if sb, err := fresh.engine.Create(ctx, fresh.spec("cancelled")); !errors.Is(err, context.Canceled) {
			if err == nil {
				remove(t, sb)
			}
			t.Errorf("Create = %v, want one matching context.Canceled", err)
		}
		if removed, err := fresh.engine.Sweep(t.Context(), fresh.run); err != nil || len(removed) != 0 {
			t.Errorf("left behind: %q, %v", removed, err)
		}
	})
}

// closeEngine sweeps the run and closes; nothing of the run may be left.
func closeEngine(t *testing.T, l *lab) {
	t.Helper()
	ctx, cancel := afterTest()
	defer cancel()
	if _, err := l.engine.Sweep(ctx, l.run); err != nil {
		t.Errorf("sweeping: %v", err)
	}
	if err := l.engine.Close(ctx); err != nil {
		t.Errorf("closing: %v", err)
	}
	if removed, err := l.engine.Sweep(ctx, l.run); err != nil || len(removed) != 0 {
		t.Errorf("after Close something is left: %q, %v", removed, err)
	}
}
