package docker

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/benchgate/benchgate/internal/suite"
	"github.com/docker/docker/api/types/registry"
)

// logins are those of image registries. They go to the engine with a pull or a
// build, and the engine sends each to its own registry only.
type logins struct {
	byHost  map[string]login
	helpers map[string]string // programs that keep the logins of hosts; "" is any other host
	file    string            // where the helpers are named
}

type login struct {
	registry.AuthConfig
	from string // the variable or the file that has it
}

// Where logins come from, as Docker's own client has it: the variable wins over the
// file, registry by registry.
const (
	loginVariable     = "DOCKER_AUTH_CONFIG" // the content of such a file
	directoryVariable = "DOCKER_CONFIG"      // its directory; else .docker in the user's
	loginFile         = "config.json"
)

// dockerHub is the registry of images that name none, and hubKey what logins call it.
const (
	dockerHub = "docker.io"
	hubKey    = "https://index.docker.io/v1/"
)

// findLogins reads what there is now: a step of a job may have logged in since. No
// error quotes what it read.
func findLogins(lookup func(string) (string, bool)) (logins, error) {
	l := logins{byHost: make(map[string]login), helpers: make(map[string]string)}
	if text, _ := lookup(loginVariable); text != "" {
		if err := l.take([]byte(text), loginVariable); err != nil {
			return l, err
		}
	}
	dir, _ := lookup(directoryVariable)
	if home, ok := lookup("HOME"); dir == "" && ok && home != "" {
		dir = filepath.Join(home, ".docker")
	}
	if dir == "" {
		return l, nil
	}
	l.file = filepath.Join(dir, loginFile)
	text, err := os.ReadFile(l.file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return l, nil
	case err != nil:
		return l, fmt.Errorf("reading the logins of registries: %w", err)
	}
	return l, l.take(text, l.file)
}

// take adds the logins of one file where there is none yet.
func (l logins) take(text []byte, from string) error {
	var file struct {
		Auths       map[string]registry.AuthConfig `json:"auths"`
		CredsStore  string                         `json:"credsStore"`
		CredHelpers map[string]string              `json:"credHelpers"`
	}
	if json.Unmarshal(text, &file) != nil {
		return fmt.Errorf("reading the logins of registries: %s is not what Docker's configuration is: want {\"auths\": {\"registry.example\": {\"auth\": \"...\"}}}", from)
	}
	for _, address := range slices.Sorted(maps.Keys(file.Auths)) {
		auth := file.Auths[address]
		if auth.Auth != "" {
			user, err := base64.StdEncoding.DecodeString(auth.Auth)
			name, password, found := strings.Cut(string(user), ":")
			if err != nil || !found {
				return fmt.Errorf("reading the logins of registries: that of %q in %s has an auth that is not the base64 of USER:PASSWORD", address, from)
			}
			auth.Username, auth.Password, auth.Auth = name, strings.TrimRight(password, "\x00"), ""
		}
		host := registryHost(address)
		if _, has := l.byHost[host]; has || auth.Username+auth.IdentityToken+auth.RegistryToken == "" {
			continue // an empty one stands for what a helper keeps
		}
		auth.ServerAddress = address
		l.byHost[host] = login{auth, from}
	}
	for address, program := range file.CredHelpers {
		l.helpers[registryHost(address)] = program
	}
	if file.CredsStore != "" {
		l.helpers[""] = file.CredsStore
	}
	return nil
}

// registryHost is the host of a registry's address, which may be one of a client of
// long ago: "https://registry.example/v1/".
func registryHost(address string) string {
	_, host, found := strings.Cut(address, "://")
	if !found {
		host = address
	}
	host, _, _ = strings.Cut(host, "/")
	if host == "index.docker.io" {
		return dockerHub
	}
	return host
}

// with is what is sent along with the pull of an image; empty: nothing.
func (l logins) with(image string) (string, error) {
	login, ok := l.byHost[suite.RegistryOf(image)]
	if !ok {
		return "", nil
	}
	return registry.EncodeAuthConfig(login.AuthConfig)
}

// all is what is sent along with a build, whose base images the engine pulls.
func (l logins) all() map[string]registry.AuthConfig {
	all := make(map[string]registry.AuthConfig)
	for host, login := range l.byHost {
		if host == dockerHub {
			host = hubKey
		}
		all[host] = login.AuthConfig
	}
	return all
}

// advised adds to an error of a pull from a host what to do about it, where the
// registry wanted another login. An empty host is that of one of a build's images.
func (l logins) advised(host string, err error) error {
	if err == nil || !isDenied(err) {
		return err
	}
	return fmt.Errorf("%w; %s", err, l.advice(host))
}

func isDenied(err error) bool {
	text := strings.ToLower(err.Error())
	return slices.ContainsFunc([]string{"unauthorized", "access denied", "authentication required", "no basic auth credentials", "403 forbidden"},
		func(sign string) bool { return strings.Contains(text, sign) })
}

func (l logins) advice(host string) string {
	const give = "log in before, with docker login or docker/login-action, or set " + loginVariable
	login, sent := l.byHost[host]
	helper := l.helpers[host]
	if helper == "" && !sent {
		helper = l.helpers[""]
	}
	switch {
	case sent:
		return fmt.Sprintf("the login of %s in %s was sent: it may be wrong, or not allow this image", host, login.from)
	case helper != "":
		return fmt.Sprintf("%s says that docker-credential-%s keeps the login, a program that benchgate does not run: put the login itself into %s, or pull the image with docker before", l.file, helper, loginVariable)
	case host != "":
		return fmt.Sprintf("there is no login of %s: %s", host, give)
	case len(l.byHost) > 0:
		return fmt.Sprintf("the logins of %s were sent: %s", strings.Join(slices.Sorted(maps.Keys(l.byHost)), ", "), give)
	default:
		return "there is no login of any registry: " + give
	}
}
