package githubtest

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

//go:embed testdata/github-openapi.json.gz
var packed []byte

// description is GitHub's own of the part of its API that is used.
type description struct {
	router   routers.Router
	examples openapi3.Examples
}

// base is the path below which the API stands, as on GitHub Enterprise.
const base = "/api/v3"

var described = sync.OnceValues(func() (*description, error) {
	unpacked, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(unpacked)
	if err != nil {
		return nil, err
	}
	doc, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		return nil, fmt.Errorf("reading GitHub's description: %w", err)
	}
	doc.Servers = openapi3.Servers{{URL: base}}
	router, err := gorillamux.NewRouter(doc)
	return &description{router, doc.Components.Examples}, err
})

// example is a copy of an answer that the description shows; of a list of
// answers the first.
func (d *description) example(name string) map[string]any {
	shown := d.examples[name].Value.Value
	if list, is := shown.([]any); is {
		shown = list[0]
	}
	text, err := json.Marshal(shown)
	if err != nil {
		panic(err) // it came from JSON
	}
	var copied map[string]any
	if err := json.Unmarshal(text, &copied); err != nil {
		panic(err)
	}
	return copied
}

// request finds what a request asks for and holds it against the description.
func (d *description) request(r *http.Request, body []byte) (*openapi3filter.RequestValidationInput, error) {
	route, params, err := d.router.FindRoute(r)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", r.Method, r.URL.Path, err)
	}
	options := &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc}
	options.WithCustomSchemaErrorFunc(where) // without it messages hold the whole schema
	input := &openapi3filter.RequestValidationInput{Request: r, PathParams: params, Route: route, Options: options}
	r.Body = io.NopCloser(bytes.NewReader(body))
	err = openapi3filter.ValidateRequest(r.Context(), input)
	r.Body = io.NopCloser(bytes.NewReader(body))
	if err != nil {
		err = fmt.Errorf("%s %s: %w", r.Method, r.URL.Path, err)
	}
	return input, err
}

func where(e *openapi3.SchemaError) string {
	return "/" + strings.Join(e.JSONPointer(), "/") + ": " + e.Reason
}

// answer holds an answer against the description. Of statuses that it does not
// describe, such as 401 and 502, nothing is known.
func (d *description) answer(input *openapi3filter.RequestValidationInput, a *httptest.ResponseRecorder) error {
	err := openapi3filter.ValidateResponse(input.Request.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: input, Status: a.Code, Header: a.Header(),
		Body: io.NopCloser(bytes.NewReader(a.Body.Bytes())), Options: input.Options,
	})
	if err != nil {
		return fmt.Errorf("the answer %d to %s %s: %w", a.Code, input.Request.Method, input.Request.URL.Path, err)
	}
	return nil
}
