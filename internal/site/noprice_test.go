package site

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/internal/meter"
	"github.com/benchgate/benchgate/internal/prices"
)

// A model that only an agent resolves may turn out to have no price. Whoever asks
// whether trials are answered is told that the meter refuses it, and what to do.
func TestAModelWithoutAPriceIsNotAdmitted(t *testing.T) {
	api := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("it was sent") }))
	t.Cleanup(api.Close)
	upstream, err := url.Parse(api.URL)
	if err != nil {
		t.Fatal(err)
	}
	m, err := meter.New(meter.Options{Upstream: upstream, Prices: prices.Default(), BudgetUSD: 5})
	if err != nil {
		t.Fatal(err)
	}
	a := &Admission{ways: ways{anthropic: access{upstream: upstream}}, meter: m}
	answered, err := a.Probe(t.Context(), "our-model")
	if answered || err == nil || err.Error() != "the model our-model has no price, so that no dollar limit would hold" {
		t.Errorf("answered %v, %v", answered, err)
	}
	if remedy := Remedy(err); !strings.Contains(remedy, "prices: prices.json") || !strings.Contains(remedy, "limits.requests") {
		t.Errorf("the remedy is %q", remedy)
	}
}
