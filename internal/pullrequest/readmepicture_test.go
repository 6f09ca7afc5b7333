package pullrequest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/internal/golden"
	"github.com/benchgate/benchgate/internal/realparts"
)

// pictureDir has README.md's pictures of a comment; shownDir the text that they show,
// and the digest of that text and of the style that they were taken with.
const (
	pictureDir = "../../docs/pictures"
	shownDir   = "../../docs/testdata"
)

// takeAnew is the command that takes the pictures again; it needs a browser.
const takeAnew = "BENCHGATE_REQUIRE=chromium go test ./internal/pullrequest -run TestReadmesPicture -update"

// README.md's pictures show the comment as it is now: who changes the comment has
// to take them again.
func TestReadmesPicture(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(shownDir, "comment.md"))
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte(style + "\n" + string(text)))
	digest := hex.EncodeToString(sum[:]) + "\n"
	recorded := filepath.Join(shownDir, "comment.sha256")
	if *golden.Update {
		realparts.Need(t, realparts.Chromium)
		for _, dark := range []bool{false, true} {
			takeReadmesPicture(t, string(text), dark)
		}
		if err := os.WriteFile(recorded, []byte(digest), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if was, err := os.ReadFile(recorded); err != nil || string(was) != digest {
		t.Errorf("README.md's pictures are of another comment (%v): take them again, and look at them:\n%s", err, takeAnew)
	}
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, dark := range []bool{false, true} {
		file := pictureFile(dark)
		info, err := os.Stat(filepath.Join(pictureDir, file))
		if err != nil {
			t.Fatal(err)
		}
		if info.Size() > 80_000 {
			t.Errorf("%s has %d bytes, want at most 80,000", file, info.Size())
		}
		if !strings.Contains(string(readme), `"docs/pictures/`+file+`"`) {
			t.Errorf("README.md does not show %s", file)
		}
	}
}

func pictureFile(dark bool) string {
	if dark {
		return "comment-dark.png"
	}
	return "comment-light.png"
}

// takeReadmesPicture takes one as high as the comment is.
func takeReadmesPicture(t *testing.T, text string, dark bool) {
	t.Helper()
	page := pageOf(t, []picture{{name: "comment", body: text}}, dark)
	high := layouts(t, page)[0].Height
	file := filepath.Join(t.TempDir(), "comment.png")
	const around = 2 * 16
	browse(t, page, fmt.Sprintf("--window-size=%d,%d", commentWidth+around, high+around), "--screenshot="+file)
	taken, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(pictureDir, pictureFile(dark)), fewerColours(t, taken), 0o644); err != nil {
		t.Fatal(err)
	}
}

// fewerColours gives a picture its 256 most frequent colours, which makes one of
// text a third as large and looks the same.
func fewerColours(t *testing.T, taken []byte) []byte {
	t.Helper()
	from, err := png.Decode(bytes.NewReader(taken))
	if err != nil {
		t.Fatal(err)
	}
	pixels := make(map[color.RGBA]int)
	box := from.Bounds()
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X; x++ {
			pixels[color.RGBAModel.Convert(from.At(x, y)).(color.RGBA)]++
		}
	}
	var colours []color.RGBA
	for c := range pixels {
		colours = append(colours, c)
	}
	slices.SortFunc(colours, func(a, b color.RGBA) int {
		if pixels[a] != pixels[b] {
			return pixels[b] - pixels[a]
		}
		return slices.Compare([]byte{a.R, a.G, a.B}, []byte{b.R, b.G, b.B})
	})
	var palette color.Palette
	for _, c := range colours[:min(len(colours), 256)] {
		palette = append(palette, c)
	}
	to := image.NewPaletted(box, palette)
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X; x++ {
			to.Set(x, y, from.At(x, y))
		}
	}
	var out bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, to); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
