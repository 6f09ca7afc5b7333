package dockerfile_test

import (
	"testing"

	"github.com/benchgate/benchgate/internal/dockerfile"
	"github.com/google/go-cmp/cmp"
)

func TestNeedsBuildKit(t *testing.T) {
	need := func(what string, line int) *dockerfile.Need { return &dockerfile.Need{What: what, Line: line} }
	for _, c := range []struct {
		text           string
		first, heredoc *dockerfile.Need
	}{
		{"ARG A=1\nFROM x\nRUN a --mount=b\nCOPY --from=y --chown=1 a b\nADD a.tar /\nARG TARGETARCH=amd64\n", nil, nil},
		{"FROM x\nRUN --mount=type=cache,target=/c true\nRUN <<E\ntrue\nE\n", need("RUN --mount", 2), need("RUN <<E", 3)},
		{"FROM x\nCOPY --chmod=644 a b\n", need("COPY --chmod", 2), nil},
		{"FROM x\nCOPY --link a b\n", need("COPY --link", 2), nil},
		{"FROM x\nADD --checksum=sha256:24454f830cdb571e2c4ad15481119c43b3cafd48dd869a9b2945d1036d1dc68d https://x.example/y /\n", need("ADD --checksum", 2), nil},
		{"FROM x\nCOPY <<E /f\nE\n", need("COPY <<E", 2), need("COPY <<E", 2)},
		{"FROM x\nARG TARGETARCH\n", need("ARG TARGETARCH", 2), nil},
	} {
		f, err := dockerfile.Parse("D", []byte(c.text))
		if err != nil {
			t.Fatal(err)
		}
		first, heredoc := f.NeedsBuildKit()
		if diff := cmp.Diff([]*dockerfile.Need{c.first, c.heredoc}, []*dockerfile.Need{first, heredoc}); diff != "" {
			t.Errorf("%q (-want +got):\n%s", c.text, diff)
		}
	}
}
