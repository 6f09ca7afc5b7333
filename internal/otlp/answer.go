package otlp

import (
	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
	"go.opentelemetry.io/collector/pdata/pmetric/pmetricotlp"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"
)

// readAnswer reads the answer to a request that was taken. One that is no OTLP says
// nothing, as an empty one does.
func readAnswer(of Signal, body []byte) Answer {
	switch of {
	case Metrics:
		response := pmetricotlp.NewExportResponse()
		if response.UnmarshalProto(body) == nil {
			return Answer{Rejected: response.PartialSuccess().RejectedDataPoints(), Message: response.PartialSuccess().ErrorMessage()}
		}
	case Logs:
		response := plogotlp.NewExportResponse()
		if response.UnmarshalProto(body) == nil {
			return Answer{Rejected: response.PartialSuccess().RejectedLogRecords(), Message: response.PartialSuccess().ErrorMessage()}
		}
	case Traces:
		response := ptraceotlp.NewExportResponse()
		if response.UnmarshalProto(body) == nil {
			return Answer{Rejected: response.PartialSuccess().RejectedSpans(), Message: response.PartialSuccess().ErrorMessage()}
		}
	}
	return Answer{}
}
