package site

import (
	"bytes"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/meter"
	"github.com/benchgate/benchgate/internal/otlp"
	"github.com/benchgate/benchgate/internal/otlp/otlptest"
	"github.com/benchgate/benchgate/internal/prices"
	"github.com/benchgate/benchgate/internal/report"
)

// An agent whose own settings lead its requests past the meter, but not its telemetry:
// the bill says that the money went elsewhere, and not that there was none.
func TestRequestsPastTheMeterAreTold(t *testing.T) {
	m, err := meter.New(meter.Options{Upstream: &url.URL{Scheme: "https", Host: "api.example"}, Prices: prices.Default()})
	if err != nil {
		t.Fatal(err)
	}
	w := &metered{id: "meter/x/1.1", meter: m, receiver: otlp.NewReceiver(otlp.Options{}), prices: prices.Default(), begun: time.Now()}
	w.receiver.Deliver(w.id, otlptest.ReadDir(t, "../usage/testdata/captures/a-default-intervals"))
	bill := w.bill()
	if !bill.Trial.Flagged(baselines.RequestsElsewhere) || bill.Trial.ToolCalls == nil {
		t.Errorf("the command's trial is %+v", bill.Trial)
	}
	var text bytes.Buffer
	if err := report.WriteBill(&text, bill); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"asked a model past the meter", " at our prices", "\ntools "} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("the bill lacks %q:\n%s", want, &text)
		}
	}
}
