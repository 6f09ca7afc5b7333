package meter_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/internal/meter"
)

// What APIs and gateways really write when they let nobody in, and what they write
// of a request that is wrong.
func TestWhatTheAPIRefused(t *testing.T) {
	messages := func(kind, message string) string {
		text, err := json.Marshal(message)
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprintf(`{"type":"error","error":{"type":%q,"message":%s},"request_id":"req_1"}`, kind, text)
	}
	openai := func(kind, code, message string) string {
		return fmt.Sprintf(`{"error":{"message":%q,"type":%s,"param":null,"code":%s}}`, message, kind, code)
	}
	for name, test := range map[string]struct {
		status int
		body   string
		class  meter.RetryClass
		said   string // in the line; empty: nothing is kept
	}{
		"a wrong key":              {401, messages("authentication_error", "invalid x-api-key"), meter.KeyRefused, "invalid x-api-key"},
		"a wrong token":            {401, messages("authentication_error", "Invalid bearer token"), meter.KeyRefused, "Invalid bearer token"},
		"no permission":            {403, messages("permission_error", "Your API key does not have permission to use the specified resource."), meter.KeyRefused, "Your API key does not have permission"},
		"a disabled organization":  {400, messages("invalid_request_error", "This organization has been disabled."), meter.KeyRefused, "This organization has been disabled."},
		"no credit":                {400, messages("invalid_request_error", "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits."), meter.NoCredit, "Your credit balance is too low"},
		"a spent workspace":        {400, messages("invalid_request_error", "You have reached your specified API usage limits. You will regain access on 2026-12-01 at 00:00 UTC."), meter.NoCredit, "You have reached your specified API usage limits."},
		"a bill not paid":          {402, messages("billing_error", "There is an issue with your payment information."), meter.NoCredit, "There is an issue"},
		"no such model":            {404, messages("not_found_error", "model: claude-opus-9"), meter.NoModel, "model: claude-opus-9"},
		"no such place":            {404, "404 page not found\n", meter.NoModel, ""},
		"OpenAI: a wrong key":      {401, openai(`"invalid_request_error"`, `"invalid_api_key"`, "Incorrect API key provided: nope."), meter.KeyRefused, "Incorrect API key provided: nope."},
		"OpenAI: no credit":        {429, openai(`"insufficient_quota"`, `"insufficient_quota"`, "You exceeded your current quota, please check your plan and billing details."), meter.NoCredit, "You exceeded your current quota"},
		"OpenAI: no such model":    {404, openai(`"invalid_request_error"`, `"model_not_found"`, "The model `gpt-9` does not exist or you do not have access to it."), meter.NoModel, "The model `gpt-9` does not exist"},
		"LiteLLM: a wrong key":     {401, openai(`"auth_error"`, `"401"`, "Authentication Error, Invalid proxy server token passed."), meter.KeyRefused, "Authentication Error"},
		"LiteLLM: a spent budget":  {400, openai(`"budget_exceeded"`, `"400"`, "Budget has been exceeded! Current cost: 26.1, Max budget: 0.25"), meter.NoCredit, "Budget has been exceeded!"},
		"LiteLLM: no such model":   {400, openai(`null`, `"400"`, "/v1/messages: Invalid model name passed in model=claude-9. Call `/v1/models` to view available models for your key."), meter.NoModel, "/v1/messages: Invalid model name"},
		"OpenRouter: no credit":    {402, `{"error":{"code":402,"message":"Insufficient credits"}}`, meter.NoCredit, "Insufficient credits"},
		"a gateway's page":         {403, "<html><body>Forbidden</body></html>", meter.KeyRefused, ""},
		"a gateway's few words":    {403, `{"error":"not for you"}`, meter.KeyRefused, "not for you"},
		"a request written badly":  {400, messages("invalid_request_error", "max_tokens: Field required"), meter.Rejected, ""},
		"a request about credit":   {400, messages("invalid_request_error", "tools.0.custom.name: 'my credit balance is too low' does not match"), meter.Rejected, ""},
		"a request that is large":  {413, messages("request_too_large", "Request exceeds the maximum size"), meter.Rejected, ""},
		"a rate limit":             {429, messages("rate_limit_error", "This request would exceed your organization's rate limit"), meter.RateLimited, ""},
		"an outage":                {500, messages("api_error", "Internal server error"), meter.ServerError, ""},
		"a wall of text":           {401, messages("authentication_error", strings.Repeat("no ", 5000)), meter.KeyRefused, "no no no"},
		"text for a terminal":      {401, messages("authentication_error", "a\x1b[31mb\n::error::c\u202e"), meter.KeyRefused, "a [31mb ::error::c"},
		"a key that is quoted":     {401, openai(`null`, `null`, "Received "+secretKey+", expected sk-"), meter.KeyRefused, "Received ***************, expected sk-"},
		"the beginning of the key": {401, openai(`null`, `null`, "Received "+secretKey[:10]+"..."), meter.KeyRefused, "Received **********..."},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(test.status)
				fmt.Fprint(w, test.body)
			}))
			_, got, err := r.ask(r.admit("t"), opus)
			if err != nil || got != test.body {
				t.Errorf("the agent was answered %q, %v; want what the API said", got, err)
			}
			line := r.last("t")
			refused := test.class == meter.KeyRefused || test.class == meter.NoCredit || test.class == meter.NoModel
			if line.Retry != test.class || (line.Refusal() != "") != refused {
				t.Errorf("the class is %q (refusal %q), want %q", line.Retry, line.Refusal(), test.class)
			}
			if !strings.HasPrefix(line.Error, test.said) || (line.Error == "") != (test.said == "") || len(line.Error) > 256 {
				t.Errorf("the line says %q, want %q", line.Error, test.said)
			}
		})
	}
}

// A ledger of before these classes says only that a request was rejected.
func TestOldLedgersTellARefusalByItsStatus(t *testing.T) {
	for status, want := range map[int]meter.RetryClass{
		400: "", 401: meter.KeyRefused, 402: meter.NoCredit, 403: meter.KeyRefused, 404: meter.NoModel, 413: "",
	} {
		if got := (meter.Entry{Kind: meter.Finished, Status: status, Retry: meter.Rejected}).Refusal(); got != want {
			t.Errorf("%d is %q, want %q", status, got, want)
		}
	}
	if got := (meter.Entry{Kind: meter.Finished, Status: 403, Retry: meter.Revoked}).Refusal(); got != "" {
		t.Errorf("what the meter refused itself is %q, want no refusal of the API", got)
	}
}

func TestARefusalIsTold(t *testing.T) {
	r := newRig(t, fails(401, "authentication_error"))
	var told []meter.Entry
	r.OnRefusal(func(e meter.Entry) { told = append(told, e) })
	_, _, _ = r.ask(r.admit("t"), opus)
	r.settled("t")
	_, _ = r.Probe(t.Context(), opus) // benchgate's own, whose answer is returned
	r.OnRefusal(nil)
	_, _, _ = r.ask(r.admit("later"), opus)
	r.settled("later")
	if len(told) != 1 || told[0].Trial != "t" || told[0].Status != 401 || told[0].Error != "no" {
		t.Errorf("told of %+v, want the trial's one refusal", told)
	}
}
