package otlp

import (
	"context"
	"fmt"
	"strings"

	"google.golang.org/grpc"
	_ "google.golang.org/grpc/encoding/gzip" // agents may compress messages
	"google.golang.org/grpc/mem"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

// services are OTLP's three, each with the one method Export.
var services = map[Signal]string{
	Traces:  "opentelemetry.proto.collector.trace.v1.TraceService",
	Metrics: "opentelemetry.proto.collector.metrics.v1.MetricsService",
	Logs:    "opentelemetry.proto.collector.logs.v1.LogsService",
}

// grpcServer takes OTLP over gRPC. The token comes in the metadata,
// "authorization: Bearer <token>".
//
// It does not use pdata's own services, because those decode each message while
// the agent waits and drop one that cannot be decoded. This one leaves messages
// as bytes, which takes a codec of its own and so a server of its own.
func (r *Receiver) grpcServer() *grpc.Server {
	server := grpc.NewServer(
		grpc.ForceServerCodecV2(rawCodec{}),
		grpc.MaxRecvMsgSize(int(r.maxBytes)),
	)
	for signal, name := range services {
		server.RegisterService(&grpc.ServiceDesc{
			ServiceName: name,
			HandlerType: (*any)(nil),
			// On the wire a unary call is a stream of one message each way.
			// Handled as a stream, the token is checked before the message is
			// read, and a message that cannot be read is counted as refused.
			Streams: []grpc.StreamDesc{{
				StreamName: "Export",
				Handler:    func(_ any, stream grpc.ServerStream) error { return r.export(stream, signal) },
			}},
		}, nil)
	}
	return server
}

func (r *Receiver) export(stream grpc.ServerStream, signal Signal) error {
	token := bearerToken(stream.Context())
	if !r.known(token) {
		return status.Error(grpcCode(errUnknownToken), errUnknownToken.Error())
	}
	var body []byte
	if err := stream.RecvMsg(&body); err != nil {
		r.refuse(token, signal, err)
		return err
	}
	if err := r.keep(token, Payload{Signal: signal, Encoding: Protobuf, Body: body}); err != nil {
		r.refuse(token, signal, err)
		return status.Error(grpcCode(err), err.Error())
	}
	return stream.SendMsg(&[]byte{})
}

func bearerToken(ctx context.Context) string {
	return bearerOf(metadata.ValueFromIncomingContext(ctx, "authorization"))
}

func bearerOf(headers []string) string {
	for _, v := range headers {
		if scheme, token, ok := strings.Cut(v, " "); ok && strings.EqualFold(scheme, "Bearer") {
			return strings.TrimSpace(token)
		}
	}
	return ""
}

// rawCodec leaves messages as the bytes that came in.
type rawCodec struct{}

func (rawCodec) Name() string { return "proto" }

func (rawCodec) Marshal(v any) (mem.BufferSlice, error) {
	b, ok := v.(*[]byte)
	if !ok {
		return nil, fmt.Errorf("marshalling %T: want *[]byte", v)
	}
	return mem.BufferSlice{mem.SliceBuffer(*b)}, nil
}

func (rawCodec) Unmarshal(data mem.BufferSlice, v any) error {
	b, ok := v.(*[]byte)
	if !ok {
		return fmt.Errorf("unmarshalling %T: want *[]byte", v)
	}
	*b = data.Materialize()
	return nil
}
