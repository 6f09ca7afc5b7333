package otlp

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
)

// Handler takes OTLP over HTTP: POST /<token>/v1/{traces,metrics,logs},
// protobuf or JSON, plain or gzip. Statuses and bodies of its answers are
// those of https://opentelemetry.io/docs/specs/otlp/#otlphttp-response. After
// any refusal the client must not send the request again.
func (r *Receiver) Handler() http.Handler {
	mux := http.NewServeMux() // answers 404 and 405 by itself
	for _, signal := range []Signal{Traces, Metrics, Logs} {
		mux.HandleFunc("POST /{token}/v1/"+string(signal), func(w http.ResponseWriter, req *http.Request) {
			r.post(w, req, req.PathValue("token"), signal)
		})
	}
	return mux
}

func (r *Receiver) post(w http.ResponseWriter, req *http.Request, token string, signal Signal) {
	encoding, ok := encodingOf(req.Header.Get("Content-Type"))
	if !ok {
		// Without a known encoding there is none to write a status message in.
		r.refuse(token, signal, errContentType)
		http.Error(w, "want application/x-protobuf or application/json", http.StatusUnsupportedMediaType)
		return
	}
	if !r.known(token) {
		answer(w, encoding, errUnknownToken)
		return
	}
	body, err := r.read(w, req)
	if err == nil {
		err = r.keep(token, Payload{Signal: signal, Encoding: encoding, Body: body})
	}
	if err != nil {
		r.refuse(token, signal, err)
	}
	answer(w, encoding, err)
}

func encodingOf(contentType string) (encoding string, ok bool) {
	media, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		return "", false
	}
	switch media {
	case "application/x-protobuf":
		return Protobuf, true
	case "application/json":
		return JSON, true
	}
	return "", false
}

var (
	errTooLarge        = errors.New("the body is too large")
	errContentType     = errors.New("unsupported content type")
	errContentEncoding = errors.New("unsupported content encoding, want gzip or none")
)

// read returns the body, decompressed.
func (r *Receiver) read(w http.ResponseWriter, req *http.Request) ([]byte, error) {
	body := io.Reader(http.MaxBytesReader(w, req.Body, r.maxBytes))
	switch strings.ToLower(req.Header.Get("Content-Encoding")) { // as RFC 9110, section 8.4.1 has them
	case "", "identity":
	case "gzip", "x-gzip":
		unzipped, err := gzip.NewReader(body)
		if err != nil {
			return nil, readError(err)
		}
		body = unzipped
	default:
		return nil, errContentEncoding
	}
	b, err := io.ReadAll(io.LimitReader(body, r.maxBytes+1))
	if err != nil {
		return nil, readError(err)
	}
	if int64(len(b)) > r.maxBytes {
		return nil, errTooLarge
	}
	return b, nil
}

func readError(err error) error {
	if tooLarge := new(http.MaxBytesError); errors.As(err, &tooLarge) {
		return errTooLarge
	}
	return fmt.Errorf("reading the body: %w", err)
}

// answer writes an empty export response, or a Status message, in the
// request's encoding.
func answer(w http.ResponseWriter, encoding string, err error) {
	code, body := http.StatusOK, []byte(nil)
	if err != nil {
		code = httpStatus(err)
		body = statusMessage(encoding, err)
	} else if encoding == JSON {
		body = []byte("{}") // in protobuf an empty message is no bytes at all
	}
	if encoding == JSON {
		w.Header().Set("Content-Type", "application/json")
	} else {
		w.Header().Set("Content-Type", "application/x-protobuf")
	}
	w.WriteHeader(code)
	_, _ = w.Write(body) // an error means that the client is gone
}

func httpStatus(err error) int {
	switch {
	case errors.Is(err, errUnknownToken):
		return http.StatusUnauthorized
	case errors.Is(err, errTooLarge), errors.Is(err, errTrialFull), errors.Is(err, errAllFull):
		return http.StatusRequestEntityTooLarge
	case errors.Is(err, errContentEncoding):
		return http.StatusUnsupportedMediaType
	default:
		return http.StatusBadRequest
	}
}

func statusMessage(encoding string, err error) []byte {
	message := status.New(grpcCode(err), err.Error()).Proto()
	if encoding == JSON {
		b, err := protojson.Marshal(message)
		if err != nil {
			return nil
		}
		return b
	}
	b, err := proto.Marshal(message)
	if err != nil {
		return nil
	}
	return b
}

func grpcCode(err error) codes.Code {
	switch {
	case errors.Is(err, errUnknownToken):
		return codes.Unauthenticated
	case errors.Is(err, errTooLarge), errors.Is(err, errTrialFull), errors.Is(err, errAllFull):
		return codes.ResourceExhausted
	default:
		return codes.InvalidArgument
	}
}
