// Package otlp receives OpenTelemetry from the agents and reads it.
//
//  1. A [Receiver] gives every trial a token of its own and takes OTLP over
//     HTTP (protobuf and JSON, the token in the path) and gRPC (the token in
//     the metadata), all on one listener.
//  2. What comes in is kept as raw bytes and acknowledged at once: an agent
//     allows its telemetry about two seconds in all when it exits, so nothing
//     is decoded while it waits.
//  3. When the trial is over, [DecodeAll] turns the bytes into plain structs.
//     A body that cannot be read is an error then, and is still kept.
//  4. [WriteDir] keeps the bodies beside the trial's record, so
//     that a trial can be counted again.
//
// No other package knows the OpenTelemetry libraries.
package otlp
