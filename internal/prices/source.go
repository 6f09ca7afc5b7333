package prices

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"
)

// fetchTime bounds how long a price table may take to come from a server.
const fetchTime = 2 * time.Minute

// IsURL reports whether the name of a price table is an address that is asked, and
// not a file.
func IsURL(name string) bool {
	return strings.HasPrefix(name, "https://") || strings.HasPrefix(name, "http://")
}

// ReadSource reads a file, or what an http or https address answers, and returns
// its digest, "sha256:" and 64 hexadecimal digits. Where one is wanted, another is an
// error.
func ReadSource(ctx context.Context, name, want string) (data []byte, digest string, err error) {
	if IsURL(name) {
		data, err = fetch(ctx, name)
	} else {
		data, err = os.ReadFile(name)
	}
	if err != nil {
		return nil, "", fmt.Errorf("reading price table: %w", err)
	}
	sum := sha256.Sum256(data)
	digest = "sha256:" + hex.EncodeToString(sum[:])
	if want != "" && want != digest {
		return nil, digest, fmt.Errorf("%s is %s, not the %s that was reviewed", name, digest, want)
	}
	return data, digest, nil
}

func fetch(ctx context.Context, address string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, fetchTime)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answered %s", address, answer.Status)
	}
	data, err := io.ReadAll(io.LimitReader(answer.Body, maxLiteLLMBytes+1))
	if err != nil {
		return nil, fmt.Errorf("receiving %s: %w", address, err)
	}
	return data, nil
}
