package scriptedmodel_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/benchgate/benchgate/internal/scriptedmodel"
)

// What each of these requests is answered, in order: m asks a model that there
// is, x one that there is not, c counts tokens for nothing.
func TestWhoGetsAnAnswer(t *testing.T) {
	const models = "models: [m]\n"
	for name, test := range map[string]struct {
		script, requests string
		want             []string
	}{
		"one model":        {models, "mxc", []string{"200", "404 not_found_error: model: x", "200"}},
		"a revoked key":    {models + "refuse: {after: 1, status: 401, message: gone}", "cmmc", []string{"200", "200", "401 authentication_error: gone", "401 authentication_error: gone"}},
		"no credit":        {models + "refuse: {status: 400, message: your credit is too low}", "cm", []string{"200", "400 invalid_request_error: your credit is too low"}},
		"nothing is free":  {"count_tokens: 405", "cm", []string{"405 api_error: Method Not Allowed", "200"}},
		"a fault's words":  {"fallback: {errors: [{status: 403, message: not you}]}", "mm", []string{"403 permission_error: not you", "200"}},
		"a refusal's kind": {"refuse: {status: 429, type: insufficient_quota, message: pay}", "m", []string{"429 insufficient_quota: pay"}},
	} {
		t.Run(name, func(t *testing.T) {
			script, err := scriptedmodel.Decode(strings.NewReader(test.script), "s.yaml")
			if err != nil {
				t.Fatal(err)
			}
			server := scriptedmodel.New(script, scriptedmodel.Options{})
			url, stop, err := server.Listen(t.Context(), "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, r := range test.requests {
				got = append(got, answered(t, url, r))
			}
			if err := stop(); err != nil {
				t.Error(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("answers (-want +got):\n%s", diff)
			}
		})
	}
}

func answered(t *testing.T, url string, request rune) string {
	t.Helper()
	place, model := "/v1/messages", string(request)
	if request == 'c' {
		place, model = "/v1/messages/count_tokens", "m"
	}
	body := fmt.Sprintf(`{"model":%q,"messages":[{"role":"user","content":"x"}]}`, model)
	resp, err := http.Post(url+place, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode == http.StatusOK {
		return "200"
	}
	var e struct {
		Error struct{ Type, Message string }
	}
	if err := json.Unmarshal(text, &e); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return fmt.Sprintf("%d %s: %s", resp.StatusCode, e.Error.Type, e.Error.Message)
}

func TestARefusalNeedsTheStatusOfAnError(t *testing.T) {
	_, err := scriptedmodel.Decode(strings.NewReader("refuse: {after: -1}\ncount_tokens: 200\n"), "s.yaml")
	want := "s.yaml:1:9: a refusal has a status from 400 to 599\n" +
		"s.yaml:1:17: after is negative\n" +
		"s.yaml:2:15: count_tokens is the status of an error, 400 to 599; leave it out where tokens are counted"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want\n%s", err, want)
	}
}
