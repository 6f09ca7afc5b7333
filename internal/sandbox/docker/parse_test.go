package docker

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/internal/helper/pid1"
	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/benchgate/benchgate/internal/step"
	"github.com/benchgate/benchgate/internal/suite"
	"github.com/docker/docker/api/types/network"
	"github.com/docker/docker/api/types/versions"
	"github.com/google/go-cmp/cmp"
)

func TestOwnContainerIsReadFromTheMountTable(t *testing.T) {
	const id = "4f2c1d0e9b8a76543210fedcba98765432100123456789abcdef0123456789ab"
	tests := []struct{ name, mounts, want string }{
		{"in a container", "512 500 8:1 /var/lib/docker/containers/" + id + "/hostname /etc/hostname rw - ext4 /dev/sda1 rw\n", id},
		{"with the engine's data elsewhere", "512 500 8:1 /data/containers/" + id + "/resolv.conf /etc/resolv.conf rw - ext4 /dev/sda1 rw\n", id},
		{
			"on the engine's machine, which lists its containers' mounts",
			"90 28 0:50 / /var/lib/docker/containers/" + id + "/mounts/shm rw - tmpfs shm rw\n", "",
		},
		{"outside", "28 1 8:1 / / rw - ext4 /dev/sda1 rw\n", ""},
		{"torn", "28 1\n\n", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := containerID(strings.NewReader(tt.mounts))
			if err != nil || got != tt.want {
				t.Errorf("containerID = %q, %v, want %q", got, err, tt.want)
			}
		})
	}
}

func TestGatewayOfANetwork(t *testing.T) {
	tests := []struct {
		name    string
		configs []network.IPAMConfig
		want    string // empty: an error
	}{
		{"stated", []network.IPAMConfig{{Subnet: "172.18.0.0/16", Gateway: "172.18.0.9"}}, "172.18.0.9"},
		{"not stated", []network.IPAMConfig{{Subnet: "10.1.2.16/28"}}, "10.1.2.17"},
		{"IPv6 first", []network.IPAMConfig{{Subnet: "fd00::/64", Gateway: "fd00::1"}, {Subnet: "172.18.0.0/16", Gateway: "172.18.0.1"}}, "172.18.0.1"},
		{"none", nil, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := gatewayOf(tt.configs)
			if got != tt.want || (err == nil) != (tt.want != "") {
				t.Errorf("gatewayOf = %q, %v, want %q", got, err, tt.want)
			}
		})
	}
}

func TestTheAnswerOfPID1(t *testing.T) {
	const others = "x ok\nno line\n\ny failed \"no\"\n"
	for text, want := range map[string]string{
		"id ok\n":                            "ok []",
		others + "id failed \"a b\"\nz ok\n": "failed [a b]",
		others:                               "",
		"id ok":                              "",
	} {
		var answer pid1.Line
		lines := &lineReader{take: func(line pid1.Line) error {
			if line.ID != "id" {
				return nil
			}
			answer = line
			return errAnswered
		}}
		err := error(nil)
		for i := 0; i < len(text) && err == nil; i++ { // a byte at a time
			_, err = lines.Write([]byte{text[i]})
		}
		if errors.Is(err, errAnswered) != (want != "") || want != "" && fmt.Sprintf("%s %s", answer.Word, answer.Args) != want {
			t.Errorf("%q: %v, %+v, want %q", text, err, answer, want)
		}
	}
	if _, err := new(lineReader).Write(make([]byte, maxAnswer+1)); err == nil || errors.Is(err, errAnswered) {
		t.Errorf("without an end: %v", err)
	}
}

func TestTheFirstLineIsTheProcessID(t *testing.T) {
	for _, parts := range [][]string{{"12\nrest\nmore"}, {"1", "2", "\n", "rest\n", "more"}, {"12\n", "rest\nmore"}} {
		var rest bytes.Buffer
		got := 0
		cmd := announced(sandbox.Command{Argv: []string{"a"}, Stderr: &rest, Started: func(pid int) { got = pid }})
		for _, p := range parts {
			if n, err := cmd.Stderr.Write([]byte(p)); n != len(p) || err != nil {
				t.Fatal(n, err)
			}
		}
		if got != 12 || rest.String() != "rest\nmore" {
			t.Errorf("%q: process %d, rest %q", parts, got, rest.String())
		}
	}
}

func TestEnginesFrom2010On(t *testing.T) {
	for version, want := range map[string]bool{"1.40": true, "1.9": true, "1.41": false, "1.56": false, "2.0": false, "": true} {
		if got := versions.LessThan(version, minimumAPI); got != want {
			t.Errorf("LessThan(%q, %q) = %v, want %v", version, minimumAPI, got, want)
		}
	}
}

func TestTaskTagSaysWhatWasBuilt(t *testing.T) {
	env := suite.Environment{Digest: "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"}
	plain := taskTag(env)
	if want := "benchgate/task:0123456789abcdef0123456789abcdef"; plain != want {
		t.Errorf("tag = %s, want %s", plain, want)
	}
	env.BuildArgs = map[string]string{"A": "1", "B": "2"}
	withArgs := taskTag(env)
	env.BuildArgs = map[string]string{"A": "1", "B": "3"}
	if other := taskTag(env); other == withArgs || withArgs == plain {
		t.Errorf("other arguments, same tag: %s, %s, %s", plain, withArgs, other)
	}
}

func TestProgressIsReadable(t *testing.T) {
	const stream = `{"status":"Pulling from library/x","id":"latest"}
{"status":"Downloading","progressDetail":{"current":1,"total":30},"progress":"[>  ]","id":"ab"}
{"status":"Downloading","progressDetail":{"current":2,"total":70},"progress":"[>  ]","id":"cd"}
{"status":"Downloading","progressDetail":{"current":20,"total":30},"progress":"[=> ]","id":"ab"}
{"status":"Pull complete","id":"ab"}
{"stream":"Step 1/2 : FROM x\n"}
{"error":"the command returned a non-zero code: 7","errorDetail":{"code":7,"message":"the command returned a non-zero code: 7"}}
`
	var log strings.Builder
	var far []step.State
	waiting := step.Begin(step.With(t.Context(), func(e step.Event) { far = append(far, e.State) }), "building", "an image")
	err := follow(strings.NewReader(stream), &log, waiting)
	if err == nil || err.Error() != "the command returned a non-zero code: 7" {
		t.Errorf("error = %v, want the engine's", err)
	}
	if want := "latest: Pulling from library/x\nab: Pull complete\nStep 1/2 : FROM x\n"; log.String() != want {
		t.Errorf("log:\n%swant\n%s", &log, want)
	}
	told := func(done, total int64, unit step.Unit, now string) step.State {
		return step.State{Doing: "building", What: "an image", Done: done, Total: total, Unit: unit, Now: now}
	}
	want := []step.State{
		told(0, 0, "", ""), told(1, 30, step.Bytes, ""), told(3, 100, step.Bytes, ""), told(22, 100, step.Bytes, ""),
		told(1, 2, step.Parts, ""), told(1, 2, step.Parts, "FROM x"),
	}
	if diff := cmp.Diff(want, far); diff != "" {
		t.Errorf("how far it was (-want +got):\n%s", diff)
	}
}

func FuzzProgress(f *testing.F) {
	f.Add(buildTrace)
	f.Add(`{"id":"moby.buildkit.trace","aux":"CgA="}{"id":"moby.buildkit.trace","aux":{}}`)
	f.Add(`{"stream":"x"}{"error":"y"}`)
	f.Add(`{"status":1}`)
	f.Fuzz(func(t *testing.T, stream string) {
		// It must end, whatever it reads; errors are fine.
		_ = follow(strings.NewReader(stream), io.Discard, step.Begin(t.Context(), "building", "an image"))
	})
}

func FuzzMountTable(f *testing.F) {
	f.Add("512 500 8:1 /containers/0/hostname /etc/hostname rw")
	f.Fuzz(func(t *testing.T, mounts string) {
		if id, err := containerID(strings.NewReader(mounts)); err == nil && id != "" && len(id) != 64 {
			t.Errorf("an ID of %d characters", len(id))
		}
	})
}
