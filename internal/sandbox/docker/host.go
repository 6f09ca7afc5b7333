package docker

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/docker/docker/client"
)

// hostOptions say where the engine is, as Docker's own client finds it: the address
// that was asked for, DOCKER_HOST, the context that DOCKER_CONTEXT names, the one
// that `docker context use` set, else the default socket.
func hostOptions(asked string, lookup func(string) (string, bool)) ([]client.Opt, error) {
	host, _ := lookup(client.EnvOverrideHost)
	host = cmp.Or(asked, host)
	options := []client.Opt{client.FromEnv}
	if host == "" {
		inUse, err := contextInUse(lookup)
		if err != nil {
			return nil, err
		}
		host = inUse.host
		if inUse.tls != nil {
			options = append(options, inUse.tls)
		}
	}
	if strings.HasPrefix(host, "ssh://") {
		return sshOptions(host)
	}
	if host != "" {
		options = append(options, client.WithHost(host))
	}
	return options, nil
}

// dockerContext is what a context says of its engine; empty: nothing, or there is
// none.
type dockerContext struct {
	host string
	tls  client.Opt
}

// contextInUse reads the files of `docker context`.
func contextInUse(lookup func(string) (string, bool)) (dockerContext, error) {
	dir, _ := lookup(directoryVariable)
	if home, ok := lookup("HOME"); dir == "" && ok && home != "" {
		dir = filepath.Join(home, ".docker")
	}
	name, _ := lookup("DOCKER_CONTEXT")
	if name == "" {
		var file struct{ CurrentContext string }
		text, err := os.ReadFile(filepath.Join(dir, loginFile))
		if err == nil && json.Unmarshal(text, &file) == nil { // one that is broken is told of where logins are needed
			name = file.CurrentContext
		}
	}
	if name == "" || name == "default" {
		return dockerContext{}, nil
	}
	return readContext(dir, name)
}

func readContext(dir, name string) (dockerContext, error) {
	id := fmt.Sprintf("%x", sha256.Sum256([]byte(name)))
	file := filepath.Join(dir, "contexts", "meta", id, "meta.json")
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return dockerContext{}, fmt.Errorf("the Docker context %q does not exist: `docker context ls` lists those that do", name)
	}
	if err != nil {
		return dockerContext{}, fmt.Errorf("reading the Docker context %q: %w", name, err)
	}
	var meta struct {
		Endpoints map[string]struct {
			Host          string
			SkipTLSVerify bool
		}
	}
	if err := json.Unmarshal(text, &meta); err != nil {
		return dockerContext{}, fmt.Errorf("reading the Docker context %q: %s: %w", name, file, err)
	}
	endpoint := meta.Endpoints["docker"]
	switch {
	case endpoint.Host == "":
		return dockerContext{}, fmt.Errorf("the Docker context %q names no host of an engine: %s", name, file)
	case endpoint.SkipTLSVerify:
		return dockerContext{}, fmt.Errorf("the Docker context %q does not check who the engine is (skip-tls-verify), which is not supported: give it the engine's CA", name)
	}
	return dockerContext{host: endpoint.Host, tls: contextKeys(filepath.Join(dir, "contexts", "tls", id, "docker"))}, nil
}

// contextKeys are nil for a context that has none.
func contextKeys(dir string) client.Opt {
	at := func(name string) string {
		path := filepath.Join(dir, name)
		if _, err := os.Stat(path); err != nil {
			return ""
		}
		return path
	}
	ca, cert, key := at("ca.pem"), at("cert.pem"), at("key.pem")
	if ca+cert+key == "" {
		return nil
	}
	return client.WithTLSClientConfig(ca, cert, key)
}

// sshOptions reach an engine through the program ssh and Docker's client on the other
// machine, as Docker's own client does.
func sshOptions(host string) ([]client.Opt, error) {
	u, err := url.Parse(host)
	if err != nil || u.Hostname() == "" || u.RawQuery != "" || u.Fragment != "" {
		return nil, fmt.Errorf("%q is no address of an engine, want ssh://[USER@]HOST[:PORT]", host)
	}
	if _, set := u.User.Password(); set {
		return nil, errors.New("an address of an engine has a password in it, which ssh does not take: use a key")
	}
	args := []string{"-o", "ConnectTimeout=30", "-T"}
	if name := u.User.Username(); name != "" {
		args = append(args, "-l", name)
	}
	if port := u.Port(); port != "" {
		args = append(args, "-p", port)
	}
	args = append(args, "--", u.Hostname(), "docker")
	if u.Path != "" && u.Path != "/" {
		args = append(args, "--host", "unix://"+u.Path)
	}
	args = append(args, "system", "dial-stdio")
	return []client.Opt{
		client.WithVersionFromEnv(),
		client.WithHost("tcp://" + net.JoinHostPort(u.Hostname(), cmp.Or(u.Port(), "22"))), // for messages
		client.WithDialContext(func(ctx context.Context, _, _ string) (net.Conn, error) {
			return dialProgram(ctx, "ssh", args...)
		}),
	}, nil
}
