package site

import (
	"strings"
	"testing"
)

// Images are kept where somebody asked for a cache, and as many as they said.
func TestWhereImagesAreKept(t *testing.T) {
	for name, c := range map[string]struct {
		env  map[string]string
		kept bool
		says string // the error
	}{
		"no cache is asked for": {map[string]string{}, false, ""},
		"only a size":           {map[string]string{"BENCHGATE_CACHE_IMAGES_MB": "10"}, false, ""},
		"a cache":               {map[string]string{"BENCHGATE_CACHE": "/c"}, true, ""},
		"and a size":            {map[string]string{"BENCHGATE_CACHE": "/c", "BENCHGATE_CACHE_IMAGES_MB": "10"}, true, ""},
		"no images":             {map[string]string{"BENCHGATE_CACHE": "/c", "BENCHGATE_CACHE_IMAGES_MB": "0"}, false, ""},
		"no number":             {map[string]string{"BENCHGATE_CACHE": "/c", "BENCHGATE_CACHE_IMAGES_MB": "4GB"}, false, `BENCHGATE_CACHE_IMAGES_MB is "4GB", want a whole number of MiB`},
		"less than nothing":     {map[string]string{"BENCHGATE_CACHE": "/c", "BENCHGATE_CACHE_IMAGES_MB": "-1"}, false, `"-1"`},
		"more than bytes count": {map[string]string{"BENCHGATE_CACHE": "/c", "BENCHGATE_CACHE_IMAGES_MB": "99999999999999"}, false, "want a whole number"},
	} {
		t.Run(name, func(t *testing.T) {
			lookup := func(name string) (string, bool) { v, ok := c.env[name]; return v, ok }
			kept, err := keptImages("/c", lookup, func(string) {})
			if (kept != nil) != c.kept || (err == nil) != (c.says == "") || err != nil && !strings.Contains(err.Error(), c.says) {
				t.Errorf("kept %v, %v; want %v and %q", kept, err, c.kept, c.says)
			}
		})
	}
}
