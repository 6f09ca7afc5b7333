package suite

import (
	"math"
	"strconv"
	"strings"
)

// megabytes reads a size in MB (2^20 bytes) from its field or, as tasks before
// schema 1.2 wrote it, from text such as "2G", "512M" or "4096K". Zero means
// not set.
func megabytes(d *document, field, legacy string) int64 {
	mb := d.whole(field, 0)
	if _, ok := d.get(legacy); !ok {
		return mb
	}
	text := d.text(legacy)
	old, ok := parseSize(text)
	switch {
	case !ok:
		d.refuse(legacy, "%s is %q, want a size such as 2G, 512M or 4096K", legacy, text)
		return mb
	case mb != 0 && mb != old:
		d.refuse(legacy, "%s %s is %d MB and contradicts %s, which is %d: remove the older field", legacy, text, old, field, mb)
	}
	return old
}

// parseSize reads what Harbor reads, a number and G, M or K. docker/go-units
// takes more (bytes, T, "GB"), with which a task would run here and not there.
func parseSize(text string) (mb int64, ok bool) {
	text = strings.ToUpper(strings.TrimSpace(text))
	if text == "" {
		return 0, false
	}
	factor := map[byte]float64{'G': 1024, 'M': 1, 'K': 1.0 / 1024}[text[len(text)-1]]
	n, err := strconv.ParseFloat(text[:len(text)-1], 64)
	if err != nil || factor == 0 || n < 0 || math.IsNaN(n) || n*factor > math.MaxInt32 {
		return 0, false
	}
	return int64(n * factor), true
}
