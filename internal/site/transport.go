package site

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"

	"golang.org/x/net/http/httpproxy"

	"github.com/benchgate/benchgate/internal/meter"
)

// link is the connection to the model API.
type link struct {
	transport *http.Transport
	proxy     *url.URL // with its password; nil: none on the way
	proxyFrom string   // the variable that names it
}

// newLink makes the connection to the API at an address: through the proxy of the
// environment, and trusting the certificates of a file (empty: none) besides the
// system's. from is where the file was named.
func newLink(to *url.URL, caFile, from string, lookup func(string) (string, bool)) (l link, err error) {
	l.transport = meter.NewTransport()
	if err := l.findProxy(to, lookup); err != nil {
		return l, err
	}
	if caFile == "" {
		return l, nil
	}
	trusted, err := Trusting(caFile)
	if err != nil {
		return l, fmt.Errorf("reading certificates (%s): %w", from, err)
	}
	l.transport.TLSClientConfig = &tls.Config{RootCAs: trusted, MinVersion: tls.VersionTLS12}
	return l, nil
}

// findProxy takes the proxy from HTTPS_PROXY (for an https address, else
// HTTP_PROXY) unless NO_PROXY excepts the address, as package net/http would from
// the process's own environment. Loopback has none.
func (l *link) findProxy(to *url.URL, lookup func(string) (string, bool)) error {
	either := func(names ...string) (name, value string) {
		for _, name := range names {
			if value := variable(lookup, name); value != "" {
				return name, value
			}
		}
		return "", ""
	}
	secureFrom, secure := either("HTTPS_PROXY", "https_proxy")
	plainFrom, plain := either("HTTP_PROXY", "http_proxy")
	_, no := either("NO_PROXY", "no_proxy")
	used := secure
	if l.proxyFrom = secureFrom; to.Scheme != "https" {
		l.proxyFrom, used = plainFrom, plain
	}
	proxy, err := (&httpproxy.Config{HTTPProxy: plain, HTTPSProxy: secure, NoProxy: no}).ProxyFunc()(to)
	if err != nil || !isProxyAddress(used) { // the error quotes the address with its password
		return fmt.Errorf("%s is no address of a proxy: want one like http://proxy.example:3128", l.proxyFrom)
	}
	l.proxy, l.transport.Proxy = proxy, http.ProxyURL(proxy)
	l.transport.OnProxyConnectResponse = func(_ context.Context, _ *url.URL, _ *http.Request, answer *http.Response) error {
		if answer.StatusCode != http.StatusOK {
			return proxyRefusal(answer.StatusCode)
		}
		return nil
	}
	return nil
}

// secrets are the proxy's password, as it is and as it is sent.
func (l link) secrets() []string {
	if l.proxy == nil {
		return nil
	}
	password, ok := l.proxy.User.Password()
	if !ok {
		return nil
	}
	return []string{password, base64.StdEncoding.EncodeToString([]byte(l.proxy.User.Username() + ":" + password))}
}

// variable is an environment variable without the space around it.
func variable(lookup func(string) (string, bool), name string) string {
	value, _ := lookup(name)
	return strings.TrimSpace(value)
}

// isProxyAddress tells that package httpproxy, which ignores what it cannot read,
// understands the address; an empty one is none, and fine.
func isProxyAddress(address string) bool {
	if !strings.Contains(address, "://") {
		address = "http://" + address
	}
	u, err := url.Parse(address)
	return address == "http://" || err == nil && u.Host != "" && slices.Contains([]string{"http", "https", "socks5", "socks5h"}, u.Scheme)
}

// proxyRefusal is the status of a proxy that does not connect to the API.
type proxyRefusal int

func (r proxyRefusal) Error() string {
	return fmt.Sprintf("it answered %d %s", int(r), http.StatusText(int(r)))
}

// Trusting are the system's certificates and those of a PEM file.
func Trusting(file string) (*x509.CertPool, error) {
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		return nil, err
	}
	if !pool.AppendCertsFromPEM(pem) {
		return nil, errors.New(file + " holds no certificate: want PEM, which begins with -----BEGIN CERTIFICATE-----")
	}
	return pool, nil
}
