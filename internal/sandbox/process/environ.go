package process

import (
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// allowed are the variables of this machine that commands may see. It lists what
// is allowed and not what is secret, because keys can have any name.
var allowed = []string{
	"PATH", "LANG", "TZ",
	"SSL_CERT_FILE", "SSL_CERT_DIR",
	"GOROOT", "GOPATH", "GOMODCACHE", "GOCACHE", "GOFLAGS", "GOPROXY", "GONOPROXY",
	"GOPRIVATE", "GOSUMDB", "GONOSUMDB", "GOTOOLCHAIN", "GOENV",
}

// hostVariables are the variables of this machine that a command gets. Its HOME is
// in the sandbox, so the directories that the go command would find below HOME
// are given by variables: else it would fill its caches anew in every sandbox.
func hostVariables(lookup func(string) (string, bool), environ []string) map[string]string {
	vars := make(map[string]string)
	for _, entry := range environ {
		name, value, _ := strings.Cut(entry, "=")
		if (slices.Contains(allowed, name) || strings.HasPrefix(name, "LC_")) && !hasPassword(value) {
			vars[name] = value
		}
	}
	home, ok := lookup("HOME")
	if !ok || home == "" {
		return vars
	}
	settings := addDefault(vars, "GOENV", filepath.Join(configDir(lookup, home), "go", "env"))
	stored, err := os.ReadFile(settings)
	if err != nil {
		delete(vars, "GOENV")
	}
	places := []struct{ name, fallback string }{
		{"GOPATH", filepath.Join(home, "go")},
		{"GOCACHE", filepath.Join(cacheDir(lookup, home), "go-build")},
	}
	for _, place := range places {
		if !strings.Contains("\n"+string(stored), "\n"+place.name+"=") { // else the go command reads it there
			addDefault(vars, place.name, place.fallback)
		}
	}
	return vars
}

func addDefault(vars map[string]string, name, value string) string {
	if vars[name] == "" {
		vars[name] = value
	}
	return vars[name]
}

// hasPassword reports whether a list of URLs, as in GOPROXY, has one with a user
// name or password.
func hasPassword(value string) bool {
	for _, part := range strings.FieldsFunc(value, func(r rune) bool { return r == ',' || r == '|' }) {
		if u, err := url.Parse(part); err == nil && u.User != nil {
			return true
		}
	}
	return false
}
