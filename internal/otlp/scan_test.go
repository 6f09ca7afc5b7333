package otlp_test

import (
	"bytes"
	"encoding/binary"
	"slices"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/internal/otlp"
)

// A body of 8 MiB, one array inside the other, would end the whole process by
// exhausting its stack. It must come back as an error.
func TestDecodeHostileNesting(t *testing.T) {
	for name, p := range map[string]otlp.Payload{
		"protobuf":                 {Signal: otlp.Logs, Encoding: otlp.Protobuf, Body: nestedLog(700_000)},
		"protobuf, overlong tag":   {Signal: otlp.Logs, Encoding: otlp.Protobuf, Body: append([]byte("\x82\x80\x80\x80\x80\x80\x80\x80\x80\x7e\x00"), nestedLog(700_000)...)},
		"protobuf, group in front": {Signal: otlp.Logs, Encoding: otlp.Protobuf, Body: append([]byte("\x7b\x7c"), nestedLog(700_000)...)},
		"json": {Signal: otlp.Logs, Encoding: otlp.JSON, Body: []byte(`{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":` +
			strings.Repeat(`{"arrayValue":{"values":[`, 300_000) + strings.Repeat(`]}}`, 300_000) + `}]}]}]}`)},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := otlp.Decode(p); err == nil {
				t.Error("decoded, want an error")
			}
		})
	}
}

// Empty records cost two or three bytes each on the wire and hundreds in
// memory.
func TestDecodeHostileFlood(t *testing.T) {
	records := bytes.Repeat([]byte{0x12, 0x00}, 1<<20)
	scope := append(binary.AppendUvarint([]byte{0x12}, uint64(len(records))), records...)
	flood := append(binary.AppendUvarint([]byte{0x0a}, uint64(len(scope))), scope...)
	for name, p := range map[string]otlp.Payload{
		"protobuf": {Signal: otlp.Logs, Encoding: otlp.Protobuf, Body: flood},
		"json": {
			Signal: otlp.Logs, Encoding: otlp.JSON,
			Body: []byte(`{"resourceLogs":[{"scopeLogs":[{"logRecords":[{}` + strings.Repeat(",{}", 1<<20) + `]}]}]}`),
		},
	} {
		if _, err := otlp.Decode(p); err == nil {
			t.Errorf("%s: decoded, want an error", name)
		}
	}
}

// The bound holds for a trial's payloads together, too; those before it count.
func TestDecodeAllBound(t *testing.T) {
	body := []byte(`{"resourceLogs":[{"scopeLogs":[{"logRecords":[{}` + strings.Repeat(",{}", 100_000-1) + `]}]}]}`)
	p := otlp.Payload{Signal: otlp.Logs, Encoding: otlp.JSON, Body: body}
	records, errs := otlp.DecodeAll([]otlp.Payload{p, p, p, p})
	if len(records.Events) != 200_000 || len(errs) != 2 {
		t.Errorf("%d events and %d errors, want 200000 and 2", len(records.Events), len(errs))
	}
}

// Nesting that a program might really send, and text full of brackets, pass.
func TestDecodeHarmlessNesting(t *testing.T) {
	text := bytes.ReplaceAll([]byte(`{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"stringValue":"TEXT"}}]}]}]}`),
		[]byte("TEXT"), []byte(strings.Repeat(`[{\"`, 500)))
	for name, p := range map[string]otlp.Payload{
		"20 levels in protobuf": {Signal: otlp.Logs, Encoding: otlp.Protobuf, Body: nestedLog(20)},
		"brackets in a string":  {Signal: otlp.Logs, Encoding: otlp.JSON, Body: text},
	} {
		t.Run(name, func(t *testing.T) {
			records, err := otlp.Decode(p)
			if err != nil {
				t.Fatal(err)
			}
			if len(records.Events) != 1 {
				t.Errorf("%d events, want 1", len(records.Events))
			}
		})
	}
}

// nestedLog is one log record whose body is an array in an array, levels deep.
func nestedLog(levels int) []byte {
	var reversed []byte // from the inside out
	wrap := func(tag byte) {
		header := binary.AppendUvarint([]byte{tag}, uint64(len(reversed)))
		slices.Reverse(header)
		reversed = append(reversed, header...)
	}
	const (
		valuesOfArray, arrayOfValue                 = 0x0a, 0x2a
		bodyOfRecord, records, scopeLogs, resources = 0x2a, 0x12, 0x12, 0x0a
	)
	for range levels {
		wrap(valuesOfArray)
		wrap(arrayOfValue)
	}
	for _, tag := range []byte{bodyOfRecord, records, scopeLogs, resources} {
		wrap(tag)
	}
	slices.Reverse(reversed)
	return reversed
}
