package site

import (
	"net"
	"net/url"
	"strings"

	"github.com/benchgate/benchgate/internal/agent"
)

// Way is how requests get to the model API, to be shown: no secret is in it.
type Way struct {
	Key     string   // the variable that the key is in; empty: none was given
	Headers []string // sent besides the key, each with where it comes from

	Address string // base URL, without a query
	From    string // where the address comes from; empty: it is the API's own
	Proxy   string // on the way, with where it comes from; empty: none
	CA      string // file of certificates that are trusted besides the system's, with where it comes from; empty: none

	// Open says that the secrets pass a network without encryption.
	Open bool
}

// FindWay says how a run would reach a model API. It asks nobody.
func FindWay(c API, of agent.API, lookup func(string) (string, bool)) (Way, error) {
	a, err := findAccess(c, of, lookup)
	if err != nil {
		return Way{}, err
	}
	shown := url.URL{Scheme: a.upstream.Scheme, Host: a.upstream.Host, Path: a.upstream.Path}
	w := Way{
		Key: a.keyFrom, Headers: a.headerNames(), Address: shown.String(), From: a.addressFrom,
		Open: a.upstream.Scheme == "http" && !isLoopback(a.upstream.Hostname()),
	}
	if a.proxy != nil {
		w.Proxy = strings.TrimSpace((&noAdmission{api: a}).proxy())
	}
	if a.caFile != "" {
		w.CA = a.caFile + " (" + a.caFrom + ")"
	}
	return w, nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
