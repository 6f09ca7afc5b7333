package otlp

import (
	"encoding/json"
	"errors"
	"fmt"

	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
	"go.opentelemetry.io/collector/pdata/pmetric/pmetricotlp"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"
)

// maxRecords is how many records DecodeAll keeps of one trial: many times as many
// as a real one sends.
const maxRecords = 250_000

// DecodeAll decodes a trial's payloads in their order. What can be read is
// returned even when some payloads cannot; each of those is one error.
func DecodeAll(payloads []Payload) (Records, []error) {
	var read []Records
	var errs []error
	records := 0
	for i, p := range payloads {
		r, err := Decode(p)
		if err != nil {
			errs = append(errs, fmt.Errorf("payload %d: %w", i+1, err))
			continue
		}
		if records+r.len() > maxRecords {
			errs = append(errs, fmt.Errorf("payload %d: more than %d records in all", i+1, maxRecords))
			continue
		}
		records += r.len()
		read = append(read, r)
	}
	return together(read), errs
}

// together are all records in their order.
func together(read []Records) Records {
	points, events, spans := 0, 0, 0
	for _, r := range read {
		points, events, spans = points+len(r.Points), events+len(r.Events), spans+len(r.Spans)
	}
	all := Records{Points: make([]Point, 0, points), Events: make([]Event, 0, events), Spans: make([]Span, 0, spans)}
	for _, r := range read {
		all.Points = append(all.Points, r.Points...)
		all.Events = append(all.Events, r.Events...)
		all.Spans = append(all.Spans, r.Spans...)
	}
	return all
}

func (r Records) len() int { return len(r.Points) + len(r.Events) + len(r.Spans) }

// Decode reads one payload. A body that is not OTLP of the payload's signal and
// encoding is an error; none makes the process panic or run out of memory.
func Decode(p Payload) (Records, error) {
	r, err := decode(p)
	if err != nil {
		return Records{}, fmt.Errorf("decoding %s (%s): %w", p.Signal, p.Encoding, err)
	}
	return r, nil
}

func decode(p Payload) (Records, error) {
	switch p.Signal {
	case Metrics:
		request := pmetricotlp.NewExportRequest()
		if err := unmarshal(p, request); err != nil {
			return Records{}, err
		}
		return Records{Points: points(request.Metrics())}, nil
	case Logs:
		request := plogotlp.NewExportRequest()
		if err := unmarshal(p, request); err != nil {
			return Records{}, err
		}
		return Records{Events: events(request.Logs())}, nil
	case Traces:
		request := ptraceotlp.NewExportRequest()
		if err := unmarshal(p, request); err != nil {
			return Records{}, err
		}
		return Records{Spans: spans(request.Traces())}, nil
	default:
		return Records{}, fmt.Errorf("unknown signal %q", p.Signal)
	}
}

// message is what the three export requests of pdata have in common.
type message interface {
	UnmarshalProto([]byte) error
	UnmarshalJSON([]byte) error
}

func unmarshal(p Payload, into message) error {
	switch p.Encoding {
	case Protobuf:
		if err := new(protoScan).message(p.Body, 0); err != nil {
			return err
		}
		return into.UnmarshalProto(p.Body)
	case JSON:
		if err := scanJSON(p.Body); err != nil {
			return err
		}
		// pdata stops at the end of the first JSON value and ignores what follows.
		if !json.Valid(p.Body) {
			return errors.New("the body is not one JSON value")
		}
		return into.UnmarshalJSON(p.Body)
	default:
		return fmt.Errorf("unknown encoding %q", p.Encoding)
	}
}
