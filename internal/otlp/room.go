package otlp

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/semaphore"
	"google.golang.org/grpc/codes"
)

const (
	// readingBytes and trialReadingBytes bound the bodies that are being read, of all
	// trials and of one. A body whose size is not known counts as the largest.
	readingBytes      = 128 << 20
	trialReadingBytes = 32 << 20

	// roomTimeout is how long a body waits for others to be read, and readTimeout how
	// long one may take. Exporters give up after ten seconds.
	roomTimeout = 5 * time.Second
	readTimeout = 10 * time.Second
)

// bounded lets a request of a trial through when there is room for its body among
// those that are being read, and cuts senders that are slow. gRPC reads a body into
// memory by itself, so this stands before it. A request without a token of a trial is
// refused by the handler, which does not read it.
func (r *Receiver) bounded(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		framed := r.maxBytes + 5 // gRPC's frame: a flag and the length
		req.Body = http.MaxBytesReader(w, req.Body, framed)
		if room := r.room(tokenOf(req)); room != nil {
			size := r.maxBytes
			if req.ContentLength >= 0 && req.Header.Get("Content-Encoding") == "" && !isGRPC(req) {
				size = min(req.ContentLength, size)
			}
			if !take(req.Context(), size, room, r.reading) {
				noRoom(w, req)
				return
			}
			defer r.reading.Release(size)
			defer room.Release(size)
		}
		_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(r.readTimeout)) // not every writer has one
		h.ServeHTTP(w, req)
	})
}

// take waits for room in both.
func take(ctx context.Context, size int64, trial, all *semaphore.Weighted) bool {
	ctx, cancel := context.WithTimeout(ctx, roomTimeout)
	defer cancel()
	if trial.Acquire(ctx, size) != nil {
		return false
	}
	if all.Acquire(ctx, size) != nil {
		trial.Release(size)
		return false
	}
	return true
}

// noRoom answers in a way after which exporters over HTTP send again.
func noRoom(w http.ResponseWriter, req *http.Request) {
	if !isGRPC(req) {
		w.Header().Set("Connection", "close")
		http.Error(w, "there is no room for the body beside others", http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "application/grpc")
	w.Header().Set("Grpc-Status", strconv.Itoa(int(codes.Unavailable)))
	w.Header().Set("Grpc-Message", "there is no room for the body beside others")
	w.WriteHeader(http.StatusOK)
}

// room is that of the trial with this token; nil: there is none.
func (r *Receiver) room(token string) *semaphore.Weighted {
	r.mu.Lock()
	defer r.mu.Unlock()
	trial, ok := r.trials[token]
	if !ok {
		return nil
	}
	return r.open(trial).reading
}

// tokenOf is where each protocol has it.
func tokenOf(req *http.Request) string {
	if isGRPC(req) {
		return bearerOf(req.Header.Values("Authorization"))
	}
	token, _, _ := strings.Cut(strings.TrimPrefix(req.URL.Path, "/"), "/")
	return token
}

func isGRPC(req *http.Request) bool {
	return req.ProtoMajor == 2 && strings.HasPrefix(req.Header.Get("Content-Type"), "application/grpc")
}
