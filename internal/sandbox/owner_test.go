package sandbox_test

import (
	"os/exec"
	"testing"

	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/google/go-cmp/cmp"
)

func TestOwnerIsGoneOnlyWhenThatIsCertain(t *testing.T) {
	self, err := sandbox.Self()
	if err != nil {
		t.Fatal(err)
	}
	ended := self
	ended.PID = endedProcess(t)
	reused := self
	reused.Start = "1"

	change := func(o sandbox.Owner, f func(*sandbox.Owner)) sandbox.Owner { f(&o); return o }
	tests := []struct {
		name        string
		owner       sandbox.Owner
		sameMachine bool
		want        bool
	}{
		{"this process", self, true, false},
		{"a process that ended", ended, true, true},
		{"a process that ended, engine elsewhere", ended, false, true},
		{"the PID now belongs to another process", reused, true, self.Start != ""},
		{"another host", change(ended, func(o *sandbox.Owner) { o.Host += "-other" }), false, false},
		{"another PID namespace", change(ended, func(o *sandbox.Owner) { o.PIDSpace += "-other" }), true, false},
		{"before the last boot of this machine", change(self, func(o *sandbox.Owner) { o.Boot += "-before" }), true, true},
		{"another machine with this host name", change(ended, func(o *sandbox.Owner) { o.Boot += "-other" }), false, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.owner.Gone(self, tt.sameMachine); got != tt.want {
				t.Errorf("Gone = %v, want %v for %s", got, tt.want, tt.owner)
			}
		})
	}
}

// endedProcess returns the PID of a process that has just been waited for.
func endedProcess(t *testing.T) int {
	t.Helper()
	cmd := exec.Command("sh", "-c", "exit 0")
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	return cmd.Process.Pid
}

func TestOwnerSurvivesALabel(t *testing.T) {
	want, err := sandbox.Self()
	if err != nil {
		t.Fatal(err)
	}
	want.Container = "0123456789ab"
	got, err := sandbox.ParseOwner(want.String())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("owner changed on its way (-want +got):\n%s", diff)
	}
	for _, text := range []string{"", "{}", `{"pid":-1}`, "host:1:2"} {
		if _, err := sandbox.ParseOwner(text); err == nil {
			t.Errorf("ParseOwner(%q) succeeded", text)
		}
	}
}
