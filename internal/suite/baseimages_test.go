package suite

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestBaseImages(t *testing.T) {
	const digest = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	cases := []struct {
		name, dockerfile string
		args             map[string]string
		want             []BaseImage
	}{
		{"one", "FROM debian:bookworm-slim\n", nil, []BaseImage{{Name: "debian:bookworm-slim"}}},
		{"by digest", "FROM ghcr.io/example/base:1@" + digest + "\n", nil, []BaseImage{{Name: "ghcr.io/example/base:1@" + digest, Digest: digest}}},
		{"stages", "from golang:1.26 as Build\nFROM build AS test\nFROM --platform=linux/amd64 debian\nCOPY --from=build /a /a\nCOPY --chown=1 --from=0 /a /b\nCOPY --from=ghcr.io/astral-sh/uv:0.9 /uv /bin/\n", nil, []BaseImage{{Name: "debian"}, {Name: "ghcr.io/astral-sh/uv:0.9"}, {Name: "golang:1.26"}}},
		{"arguments", "ARG VERSION=3.12\nARG BASE=\"python\"\nFROM ${BASE}:$VERSION\nFROM ubuntu:${RELEASE:-24.04}\n", map[string]string{"VERSION": "3.13"}, []BaseImage{{Name: "python:3.13"}, {Name: "ubuntu:24.04"}}},
		{"an argument without a value is not set", "ARG VERSION=3.12\nARG VERSION\nARG VARIANT\nFROM python:$VERSION${VARIANT--slim}\n", nil, []BaseImage{{Name: "python:3.12-slim"}}},
		{"mounts", "FROM debian AS base\nRUN --mount=type=bind,from=alpine:3,target=/a --mount=type=bind,from=base,target=/b ls\n", nil, []BaseImage{{Name: "alpine:3"}, {Name: "debian"}}},
		{"an escape of one's own", "# escape=`\nFROM debian\nRUN dir `\n  FROM alpine\n", nil, []BaseImage{{Name: "debian"}}},
		{"nothing from a registry", "FROM scratch\n", nil, nil},
		{"lines that only look like it", "FROM debian\n# FROM ubuntu\nRUN python3 <<EOF\nfrom os import path\nEOF\nRUN true \\\n  FROM alpine\n", nil, []BaseImage{{Name: "debian"}}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, filepath.Join(dir, "Dockerfile"), c.dockerfile)
			got, err := baseImages(&Task{Environment: Environment{Context: dir, Dockerfile: "Dockerfile", BuildArgs: c.args}})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
	t.Run("an image used as it is", func(t *testing.T) {
		got, err := baseImages(&Task{Environment: Environment{Image: "debian:bookworm-slim"}})
		if diff := cmp.Diff([]BaseImage{{Name: "debian:bookworm-slim"}}, got); diff != "" || err != nil {
			t.Error(diff, err)
		}
	})
}
