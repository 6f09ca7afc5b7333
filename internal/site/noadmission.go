package site

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"path"
	"strings"

	"github.com/benchgate/benchgate/internal/agent"
	"github.com/benchgate/benchgate/internal/meter"
)

// ErrNoAdmission is what every error is that says: the model API lets nobody in
// with this key and model, or is not there.
var ErrNoAdmission = errors.New("the model API answers no trial")

// noAdmission is why trials would get no answer from the model API, or from the meter
// before it.
type noAdmission struct {
	api   access
	line  meter.Entry // of the question that decided
	cause error       // why no answer came; nil when one came
}

func (e *noAdmission) Is(target error) bool { return target == ErrNoAdmission }

func (e *noAdmission) Error() string {
	if e.line.Refusal() == meter.NoPrice {
		return fmt.Sprintf("the model %s has no price, so that no dollar limit would hold", e.line.Model)
	}
	text := fmt.Sprintf("the model API at %s %s", e.api.upstream.Host, e.what())
	if e.line.Status != 0 {
		text += fmt.Sprintf(" (%d)", e.line.Status)
	}
	if e.line.Error != "" {
		text += ": " + strings.TrimSuffix(e.line.Error, ".")
	}
	return text
}

// what is the predicate of the error's sentence.
func (e *noAdmission) what() string {
	switch {
	case e.line.Status == 0:
		return e.unreachable()
	case e.line.Status/100 == 3:
		return "sends requests on to another address"
	case e.line.Status == http.StatusMethodNotAllowed:
		return "takes no messages at " + e.place()
	case e.line.Status == http.StatusProxyAuthRequired:
		return "is not reached: the proxy" + e.proxy() + " wants a user name and a password"
	}
	switch e.line.Refusal() {
	case meter.NoCredit:
		return "has no credit left for this key"
	case meter.NoModel:
		if e.line.Error == "" { // a server of another kind has no words for it
			return fmt.Sprintf("has nothing at %s, or does not know the model %s", e.place(), e.line.Model)
		}
		return "does not know the model " + e.line.Model
	}
	if e.api.keyFrom == "" {
		return "refuses a request without a key"
	}
	return "refuses the key"
}

// place is the path that was asked.
func (e *noAdmission) place() string { return path.Join("/", e.api.upstream.Path, e.api.of.Path) }

// proxy names the proxy on the way, with a space before it.
func (e *noAdmission) proxy() string {
	return fmt.Sprintf(" %s (%s)", e.api.proxy.Host, e.api.proxyFrom)
}

// unreachable says why no connection was made. Of the error only the innermost
// part is said: "connection refused" without an address, which may be a private one.
func (e *noAdmission) unreachable() string {
	var untrusted x509.UnknownAuthorityError
	var refusal proxyRefusal
	var name *net.DNSError
	switch {
	case errors.As(e.cause, &name): // which quotes the address of the name server
		return "cannot be reached: looking up the name: " + name.Err
	case errors.As(e.cause, &untrusted):
		return "shows a certificate of an authority that this machine does not know" + issuer(untrusted.Cert)
	case isCertificate(e.cause):
		return "shows a certificate that is not valid: " + strings.TrimPrefix(rootOf(e.cause).Error(), "x509: ")
	case errors.As(e.cause, &refusal):
		return fmt.Sprintf("cannot be reached through the proxy%s: %v", e.proxy(), refusal)
	case isProxy(e.cause):
		return fmt.Sprintf("cannot be reached: the proxy%s does not answer: %v", e.proxy(), rootOf(e.cause))
	case errors.Is(e.cause, http.ErrSchemeMismatch) || isNoTLS(e.cause):
		return "does not speak TLS"
	}
	return fmt.Sprintf("cannot be reached: %v", rootOf(e.cause))
}

func issuer(of *x509.Certificate) string {
	if of == nil || of.Issuer.CommonName == "" {
		return ""
	}
	return fmt.Sprintf(" (%.60q)", of.Issuer.CommonName)
}

func isCertificate(err error) bool {
	var invalid *tls.CertificateVerificationError
	return errors.As(err, &invalid)
}

func isNoTLS(err error) bool {
	var record tls.RecordHeaderError
	return errors.As(err, &record)
}

// isProxy tells that no connection to the proxy itself was made.
func isProxy(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "proxyconnect"
}

func rootOf(err error) error {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err
		}
		err = inner
	}
}

// answersOtherwise tells by the status of an answer to a message that no model API
// gave it: a redirection, a method that is not allowed there, a proxy's demand.
func answersOtherwise(status int) bool {
	return status/100 == 3 || status == http.StatusMethodNotAllowed || status == http.StatusProxyAuthRequired
}

// Remedy is what to do about an error that matches [ErrNoAdmission]; empty for any
// other.
func Remedy(err error) string {
	var e *noAdmission
	if !errors.As(err, &e) {
		return ""
	}
	return e.remedy()
}

func (e *noAdmission) remedy() string {
	var untrusted x509.UnknownAuthorityError
	var refusal proxyRefusal
	address := e.api.addressKey()
	switch {
	case e.line.Status == http.StatusProxyAuthRequired, errors.As(e.cause, &refusal), isProxy(e.cause):
		return fmt.Sprintf("correct %s (http://USER:PASSWORD@HOST:PORT), or except %s from it with NO_PROXY", e.api.proxyFrom, e.api.upstream.Hostname())
	case errors.As(e.cause, &untrusted):
		do := "put that authority's certificate into a PEM file and name it: api: {ca_file: FILE}"
		if e.api.of.CAVariable != "" {
			do += ", or " + e.api.of.CAVariable
		}
		return do
	case errors.Is(e.cause, http.ErrSchemeMismatch) || isNoTLS(e.cause):
		return fmt.Sprintf("write http:// in %s if it is meant to have none", address)
	case e.line.Status == 0:
		return "look at the network, and at " + address
	case answersOtherwise(e.line.Status):
		return fmt.Sprintf("correct %s: scheme, host, and the path before %s", address, e.api.of.Path)
	}
	switch e.line.Refusal() {
	case meter.NoPrice:
		return "name a file with its price (prices: prices.json), or set limits.requests, which bounds a run without prices"
	case meter.NoCredit:
		return "pay for more, or wait until the limit is lifted"
	case meter.NoModel:
		if e.line.Error == "" {
			return fmt.Sprintf("correct the path in %s, behind which %s is asked, or the model's name", address, e.api.of.Path)
		}
		return fmt.Sprintf("correct the model's name, or %s if it leads elsewhere", address)
	}
	return e.keyRemedy()
}

// keyRemedy is about the key, and the headers that a gateway may want with it.
func (e *noAdmission) keyRemedy() string {
	api := e.api.of
	var do string
	switch e.api.keyFrom {
	case "":
		do = "correct the headers, or set " + orList(api.SecretVariables())
	case agent.AnthropicMessages.OAuthVariable:
		do = "set " + api.OAuthVariable + " to what \"claude setup-token\" prints"
	default:
		do = "set " + e.api.keyFrom + " to a key that may use " + e.line.Model
	}
	if names := e.api.headerNames(); len(names) > 0 {
		return do + "; sent besides: " + strings.Join(names, ", ")
	}
	if e.line.Error == "" { // no model API's words
		do += "; a gateway that wants a header of its own gets it from api.headers"
	}
	return do
}

// addressKey is where the API's address is set.
func (a access) addressKey() string {
	if a.addressFrom == "" {
		return a.of.AddressVariable
	}
	return a.addressFrom
}
