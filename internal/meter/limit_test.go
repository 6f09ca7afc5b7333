package meter_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/benchgate/benchgate/internal/meter"
)

func TestRetryAfterIsSecondsOrADate(t *testing.T) {
	now := time.Date(2026, 11, 27, 3, 0, 0, 0, time.UTC)
	for header, want := range map[string]time.Duration{
		"": 0, "30": 30 * time.Second, "1.5": 1500 * time.Millisecond, "0": 0,
		"-5": 0, "soon": 0, "NaN": 0, "1e300": 0,
		now.Add(time.Minute).Format(http.TimeFormat):  time.Minute,
		now.Add(-time.Minute).Format(http.TimeFormat): 0,
	} {
		if got := meter.RetryAfter(header, func() time.Time { return now }); got != want {
			t.Errorf("Retry-After: %q is %s, want %s", header, got, want)
		}
	}
}
