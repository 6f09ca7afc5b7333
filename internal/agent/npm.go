package agent

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/benchgate/benchgate/internal/step"
	"github.com/benchgate/benchgate/internal/wholefile"
)

// claudePackage names the npm package with the native binary for the image and
// says how its volume is filled.
func claudePackage(version string, on Platform, cache Cache) (Tools, error) {
	platform, err := npmPlatform(on, "Claude Code")
	if err != nil {
		return Tools{}, err
	}
	if on.Libc == "musl" {
		platform += "-musl"
	}
	if !plainVersion.MatchString(version) {
		return Tools{}, fmt.Errorf("%q is no version of Claude Code; want one like %s", version, claudeVersion)
	}
	pkg := "@anthropic-ai/claude-code-" + platform
	return Tools{
		Name: "claude-code-" + version + "-" + platform,
		Path: claudeTools,
		Fill: func(ctx context.Context, w io.Writer) error {
			f, err := cache.open(ctx, pkg, version)
			if err != nil {
				return fmt.Errorf("getting %s@%s: %w", pkg, version, err)
			}
			defer f.Close()
			return claudeBinary(f, w)
		},
	}, nil
}

// plainVersion is what a version may be. It becomes part of a URL and of a file
// name, so it must not have a slash; tags like "latest" are not accepted either,
// because they change their meaning.
var plainVersion = regexp.MustCompile(`^[0-9]+\.[0-9]+\.[0-9]+([-+][0-9A-Za-z.-]+)?$`)

func npmPlatform(on Platform, what string) (string, error) {
	arch, ok := map[string]string{"amd64": "x64", "arm64": "arm64"}[on.Arch]
	if !ok || (on.OS != "linux" && on.OS != "darwin") {
		return "", fmt.Errorf("there is no %s for %s/%s", what, on.OS, on.Arch)
	}
	return on.OS + "-" + arch, nil
}

// claudeBinary turns the npm package into the tar of the tools directory: the
// one file "claude".
func claudeBinary(tgz io.Reader, w io.Writer) error {
	gz, err := gzip.NewReader(tgz)
	if err != nil {
		return fmt.Errorf("reading npm package: %w", err)
	}
	in := tar.NewReader(gz)
	for {
		h, err := in.Next()
		if errors.Is(err, io.EOF) {
			return errors.New("the npm package has no file package/claude")
		}
		if err != nil {
			return fmt.Errorf("reading npm package: %w", err)
		}
		if h.Name != "package/claude" || h.Typeflag != tar.TypeReg {
			continue
		}
		out := tar.NewWriter(w)
		if err := out.WriteHeader(&tar.Header{Name: "claude", Mode: 0o755, Size: h.Size, Typeflag: tar.TypeReg}); err != nil {
			return err
		}
		if _, err := io.Copy(out, in); err != nil {
			return fmt.Errorf("unpacking claude: %w", err)
		}
		return out.Close()
	}
}

// open returns the package from the cache, downloading it first when it is not
// there.
func (c Cache) open(ctx context.Context, pkg, version string) (*os.File, error) {
	name := strings.NewReplacer("@", "", "/", "-").Replace(pkg) + "-" + version + ".tgz"
	path := filepath.Join(c.Dir, name)
	if f, err := os.Open(path); err == nil {
		return f, nil
	}
	if err := c.store(ctx, pkg, version, path); err != nil {
		return nil, err
	}
	return os.Open(path)
}

// store writes the download beside its final place and renames it once it is
// on disk, so that a crash leaves no half package under the final name. Of
// several that store the same at once, the last one's stays.
func (c Cache) store(ctx context.Context, pkg, version, path string) (err error) {
	waiting := step.Begin(ctx, "downloading", pkg+" "+version)
	defer func() { waiting.End(err) }()
	if err := os.MkdirAll(c.Dir, 0o755); err != nil {
		return err
	}
	body, err := c.Download(ctx, pkg, version)
	if err != nil {
		return err
	}
	defer body.Close()
	var size int64 // zero: not known
	if sized, ok := body.(interface{ Size() int64 }); ok {
		size = sized.Size()
	}
	return wholefile.Write(path, func(tarball io.Writer) error {
		if _, err := io.Copy(tarball, waiting.Reader(body, size)); err != nil {
			return fmt.Errorf("downloading: %w", err)
		}
		return nil
	})
}

// NPM downloads packages from an npm registry and compares each with the
// integrity (a sha512 digest) that the registry publishes for it.
type NPM struct {
	Registry string // base URL without a final slash
	Client   *http.Client
}

// Download returns the package's tarball. The Read that reaches its end fails
// when the digest is not the published one.
func (n NPM) Download(ctx context.Context, pkg, version string) (io.ReadCloser, error) {
	var meta struct {
		Dist struct {
			Tarball   string `json:"tarball"`
			Integrity string `json:"integrity"`
		} `json:"dist"`
	}
	body, _, err := n.get(ctx, n.Registry+"/"+strings.Replace(pkg, "/", "%2f", 1)+"/"+version)
	if err != nil {
		return nil, err
	}
	err = json.NewDecoder(io.LimitReader(body, 1<<20)).Decode(&meta)
	body.Close()
	if err != nil {
		return nil, fmt.Errorf("reading package metadata: %w", err)
	}
	want := sha512Of(meta.Dist.Integrity)
	if want == "" {
		return nil, fmt.Errorf("the registry gives no sha512 integrity for %s@%s", pkg, version)
	}
	tarball, size, err := n.get(ctx, meta.Dist.Tarball)
	if err != nil {
		return nil, err
	}
	return &verified{body: tarball, size: size, sum: sha512.New(), want: want}, nil
}

// sha512Of finds the digest among those of an integrity string, which may hold
// several, separated by spaces (W3C Subresource Integrity, section 3.5).
func sha512Of(integrity string) string {
	for digest := range strings.FieldsSeq(integrity) {
		if sum, ok := strings.CutPrefix(digest, "sha512-"); ok {
			return sum
		}
	}
	return ""
}

// get also gives the body's length in bytes; below zero: not known.
func (n NPM) get(ctx context.Context, url string) (io.ReadCloser, int64, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil { // it quotes the URL, which may have a password, so it is not wrapped
		return nil, 0, errors.New("the registry's URL, or the one it gave for the package, is malformed")
	}
	resp, err := n.Client.Do(req)
	if err != nil {
		return nil, 0, err
	}
	if resp.StatusCode != http.StatusOK {
		resp.Body.Close()
		return nil, 0, fmt.Errorf("%s: %s", req.URL.Redacted(), resp.Status)
	}
	return resp.Body, resp.ContentLength, nil
}

// verified is a reader that compares the digest of what was read at the end.
type verified struct {
	body io.ReadCloser
	size int64
	sum  hash.Hash
	want string // base64
}

func (v *verified) Read(p []byte) (int, error) {
	n, err := v.body.Read(p)
	v.sum.Write(p[:n])
	if errors.Is(err, io.EOF) {
		if got := base64.StdEncoding.EncodeToString(v.sum.Sum(nil)); got != v.want {
			return n, fmt.Errorf("the package's sha512 is %s, the registry says %s", got, v.want)
		}
	}
	return n, err
}

func (v *verified) Close() error { return v.body.Close() }

// Size is the package's length in bytes, of which the digest is; below zero where
// the registry does not say.
func (v *verified) Size() int64 { return v.size }
