package agent

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
)

// codexPackage names the npm package with the native program for the image and says
// how its volume is filled. The program is linked statically, for any C library.
func codexPackage(version string, on Platform, cache Cache) (Tools, error) {
	platform, err := npmPlatform(on, "Codex")
	if err != nil {
		return Tools{}, err
	}
	if !plainVersion.MatchString(version) {
		return Tools{}, fmt.Errorf("%q is no version of Codex; want one like %s", version, codexVersion)
	}
	// A platform is part of the version of the one package.
	const pkg = "@openai/codex"
	full := version + "-" + platform
	return Tools{
		Name: "codex-" + full,
		Path: codexTools,
		Fill: func(ctx context.Context, w io.Writer) error {
			f, err := cache.open(ctx, pkg, full)
			if err != nil {
				return fmt.Errorf("getting %s@%s: %w", pkg, full, err)
			}
			defer f.Close()
			return codexFiles(f, w)
		},
	}, nil
}

// codexFiles turns the npm package into the tar of the tools directory: what lies below
// package/vendor/TARGET, without what it needs to listen to a user.
func codexFiles(tgz io.Reader, w io.Writer) error {
	gz, err := gzip.NewReader(tgz)
	if err != nil {
		return fmt.Errorf("reading npm package: %w", err)
	}
	in, out := tar.NewReader(gz), tar.NewWriter(w)
	found := false
	for {
		h, err := in.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("reading npm package: %w", err)
		}
		name := codexName(h.Name)
		if name == "" || h.Typeflag != tar.TypeReg {
			continue
		}
		found = found || name == "bin/codex"
		if err := out.WriteHeader(&tar.Header{Name: name, Mode: h.Mode&0o111 | 0o644, Size: h.Size, Typeflag: tar.TypeReg}); err != nil {
			return err
		}
		if _, err := io.Copy(out, in); err != nil {
			return fmt.Errorf("unpacking codex: %w", err)
		}
	}
	if !found {
		return errors.New("the npm package has no file bin/codex below package/vendor")
	}
	return out.Close()
}

// codexName is a packaged file's name in the tools directory; empty: it is not there.
func codexName(packaged string) string {
	below, ok := strings.CutPrefix(packaged, "package/vendor/")
	if !ok {
		return ""
	}
	_, name, ok := strings.Cut(below, "/")
	if !ok || strings.HasPrefix(name, "codex-resources/voice/") || strings.Contains(name, "..") {
		return ""
	}
	return name
}
