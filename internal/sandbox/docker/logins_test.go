package docker

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/docker/docker/api/types/registry"
	"github.com/google/go-cmp/cmp"
)

func auth(user string) string {
	return `{"auth": "` + base64.StdEncoding.EncodeToString([]byte(user)) + `"}`
}

// loginsOf are those of a machine with this variable and this file; empty: none.
func loginsOf(t *testing.T, variable, file string) (logins, error) {
	t.Helper()
	home := t.TempDir()
	if file != "" {
		dir := filepath.Join(home, ".docker")
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "config.json"), []byte(file), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	env := map[string]string{"HOME": home, "DOCKER_AUTH_CONFIG": variable}
	return findLogins(func(name string) (string, bool) { v, ok := env[name]; return v, ok })
}

func TestEachImageGoesWithTheLoginOfItsRegistry(t *testing.T) {
	variable := `{"auths": {"ghcr.io": ` + auth("me:of-variable") + `, "https://index.docker.io/v1/": ` + auth("hub:a:b") + `}}`
	file := `{"auths": {"ghcr.io": ` + auth("me:of-file") + `, "https://registry.example:5000/v1/": {"username": "u", "password": "p"}, "quay.io": {}, "tokens.example": {"identitytoken": "i"}}, "credHelpers": {"x.example": "ecr-login"}}`
	l, err := loginsOf(t, variable, file)
	if err != nil {
		t.Fatal(err)
	}
	for image, want := range map[string]registry.AuthConfig{
		"ghcr.io/o/i:1":                   {Username: "me", Password: "of-variable", ServerAddress: "ghcr.io"},
		"ubuntu":                          {Username: "hub", Password: "a:b", ServerAddress: "https://index.docker.io/v1/"},
		"docker.io/library/ubuntu:24.04":  {Username: "hub", Password: "a:b", ServerAddress: "https://index.docker.io/v1/"},
		"registry.example:5000/x":         {Username: "u", Password: "p", ServerAddress: "https://registry.example:5000/v1/"},
		"tokens.example/x":                {IdentityToken: "i", ServerAddress: "tokens.example"},
		"registry.example/x":              {},
		"quay.io/x":                       {},
		"ghcr.io.evil.example/x":          {},
		"evil.example/ghcr.io/o/i:latest": {},
		"Not An Image":                    {},
	} {
		sent, err := l.with(image)
		if err != nil {
			t.Fatal(err)
		}
		got, err := registry.DecodeAuthConfig(sent)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, *got); diff != "" {
			t.Errorf("with %s (-want +got):\n%s", image, diff)
		}
	}
	all := l.all()
	if len(all) != 4 || all["https://index.docker.io/v1/"].Username != "hub" || all["registry.example:5000"].Username != "u" {
		t.Errorf("with a build go %v", all)
	}
}

func TestNoLoginAtAllIsFine(t *testing.T) {
	l, err := loginsOf(t, "", "")
	if err != nil || len(l.all()) > 0 {
		t.Errorf("%v, %v", l, err)
	}
	if l, err = findLogins(func(string) (string, bool) { return "", false }); err != nil || len(l.all()) > 0 {
		t.Errorf("without a home: %v, %v", l, err)
	}
}

func TestAMistakenLoginIsNamedAndNotQuoted(t *testing.T) {
	for _, tt := range []struct{ variable, file, want string }{
		{`hunter2`, "", "DOCKER_AUTH_CONFIG is not what Docker's configuration is"},
		{`{"auths": {"ghcr.io": {"auth": "hunter2"}}}`, "", `that of "ghcr.io" in DOCKER_AUTH_CONFIG has an auth that is not the base64 of USER:PASSWORD`},
		{"", `{"auths": "hunter2"}`, "config.json is not what Docker's configuration is"},
	} {
		_, err := loginsOf(t, tt.variable, tt.file)
		if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("error is %v, want %s", err, tt.want)
		}
	}
}

func TestADeniedPullSaysWhatToDo(t *testing.T) {
	const helpers = `{"auths": {"ghcr.io": {}}, "credHelpers": {"x.example": "ecr-login"}, "credsStore": "desktop"}`
	for _, tt := range []struct{ name, variable, file, host, want string }{
		{"no login", "", "", "ghcr.io", "there is no login of ghcr.io: log in before, with docker login or docker/login-action, or set DOCKER_AUTH_CONFIG"},
		{"a login that is wrong", `{"auths": {"ghcr.io": ` + auth("u:p") + `}}`, "", "ghcr.io", "the login of ghcr.io in DOCKER_AUTH_CONFIG was sent: it may be wrong, or not allow this image"},
		{"a helper", "", helpers, "x.example", "docker-credential-ecr-login keeps the login, a program that benchgate does not run"},
		{"the helper of all others", "", helpers, "ghcr.io", "docker-credential-desktop keeps the login"},
		{"a base image", `{"auths": {"ghcr.io": ` + auth("u:p") + `}}`, "", "", "the logins of ghcr.io were sent: log in before"},
		{"a base image without any login", "", "", "", "there is no login of any registry: log in before"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l, err := loginsOf(t, tt.variable, tt.file)
			if err != nil {
				t.Fatal(err)
			}
			for text, advised := range map[string]bool{
				"pull access denied for x, repository does not exist or may require 'docker login'": true,
				"Get https://x/v2/: unauthorized: authentication required":                          true,
				"Get https://x/v2/: no basic auth credentials":                                      true,
				"manifest unknown":         false,
				"no space left on device":  false,
				"dial tcp: no route to it": false,
			} {
				got := l.advised(tt.host, errText(text)).Error()
				if strings.Contains(got, tt.want) != advised || !strings.HasPrefix(got, text) {
					t.Errorf("%q becomes %q, want %q in it: %v", text, got, tt.want, advised)
				}
			}
			if l.advised(tt.host, nil) != nil {
				t.Error("success has an error")
			}
		})
	}
}

type errText string

func (e errText) Error() string { return string(e) }
