package meter

import (
	"encoding/json"
	"net/http"
)

// apiError is an answer of the meter itself, in the API's own shape so that
// the agent reports it as it reports the API's errors.
type apiError struct {
	status  int
	kind    string
	message string
	final   bool // tell the client not to send the request again

	class RetryClass // of the ledger line; empty: it gets none
}

var (
	// Codex then asks over HTTP.
	errNoWebSocket = apiError{http.StatusUpgradeRequired, "invalid_request_error", "benchgate: requests are metered over HTTP, not over a WebSocket", true, ""}
	errNoSuchPlace = apiError{http.StatusNotFound, "not_found_error", "benchgate: no such endpoint", true, ""}
	errTrialOver   = apiError{http.StatusForbidden, "permission_error", "benchgate: this trial is over", true, Revoked}
	// The status is 402 because agents stop at it at once. For other statuses
	// some repeat the request in spite of x-should-retry: false.
	errOverBudget = apiError{http.StatusPaymentRequired, "billing_error", "benchgate: the trial's dollar limit is reached", true, OverBudget}
	errOverTokens = apiError{http.StatusPaymentRequired, "billing_error", "benchgate: the trial's limit of tokens is reached", true, OverTokens}
	errOutOfMoney = apiError{http.StatusPaymentRequired, "billing_error", "benchgate: the run's dollar limit is reached", true, OutOfMoney}
	errNoRequests = apiError{http.StatusPaymentRequired, "billing_error", "benchgate: the run's limit of requests is reached", true, NoRequests}
	errUnbounded  = apiError{http.StatusPaymentRequired, "billing_error", "benchgate: what a batch of messages costs is known only at its end, so it is not sent where dollars or tokens are limited", true, OverBudget}
	errCrowded    = apiError{http.StatusTooManyRequests, "rate_limit_error", "benchgate: too many requests of this trial at once", false, Crowded}
	errClientLeft = apiError{statusClientLeft, "request_aborted", "benchgate: the client went away", true, Aborted}
	errTooLarge   = apiError{http.StatusRequestEntityTooLarge, "request_too_large", "benchgate: the request is larger than 64 MiB", true, ""}
	errSlow       = apiError{http.StatusRequestTimeout, "timeout_error", "benchgate: the request came too slowly", false, ""}
	errNoRoom     = apiError{http.StatusServiceUnavailable, "overloaded_error", "benchgate: there is no room for the request's body beside those of others", false, ""}
	errUnreadable = apiError{http.StatusBadRequest, "invalid_request_error", "benchgate: the request is no JSON object with a model", true, ""}
	errNoLedger   = apiError{http.StatusInternalServerError, "api_error", "benchgate: the request cannot be recorded, so it is not sent", true, ""}
	errNoAnswer   = apiError{http.StatusBadGateway, "api_error", "benchgate: the model API did not answer", false, ""}
)

// statusClientLeft is what servers note for a client that went away before its
// answer; nobody gets it.
const statusClientLeft = 499

func errNoPrice(model string) *apiError {
	message := "benchgate: the model " + model + " has no price, so that no dollar limit would hold"
	return &apiError{http.StatusPaymentRequired, "billing_error", message, true, NoPrice}
}

// as is the error as clients of an API take it. Codex stops at once at a quota that is
// used up, and at no other status for which it does not repeat the request.
func (e apiError) as(a *api) apiError {
	if a.openAI && e.status == http.StatusPaymentRequired {
		e.status, e.kind = http.StatusTooManyRequests, "insufficient_quota"
	}
	return e
}

// write answers with the error in the API's form.
func (e apiError) write(w http.ResponseWriter, a *api) {
	e = e.as(a)
	type detail struct {
		Type    string `json:"type"`
		Code    string `json:"code,omitempty"`
		Message string `json:"message"`
	}
	whole := struct {
		Type  string `json:"type,omitempty"`
		Error detail `json:"error"`
	}{"error", detail{Type: e.kind, Message: e.message}}
	if a.openAI {
		whole.Type, whole.Error.Code = "", e.kind
	}
	body, err := json.Marshal(whole)
	if err != nil {
		panic(err) // strings always encode
	}
	if e.final {
		w.Header().Set("X-Should-Retry", "false")
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(e.status)
	_, _ = w.Write(body) // the client may be gone
}
