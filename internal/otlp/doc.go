// Package otlp receives OpenTelemetry from the agents and reads it.
//
//  1. A [Receiver] gives every trial a token of its own and takes OTLP over
//     HTTP (protobuf and JSON, the token in the path) and gRPC (the token in
//     the metadata), all on one listener. What is being read, and what is kept, is
//     bounded for each trial and for all, and slow senders are cut.
//  2. What comes in is kept as raw bytes and acknowledged at once. Nothing is
//     decoded while the agent waits: at its exit an agent takes about two
//     seconds for all of its telemetry and drops the rest.
//  3. When the trial is over, [DecodeAll] turns the bytes into plain structs.
//     A body that cannot be read is an error then, and is still kept.
//  4. [WriteDir] writes the bodies into the trial's directory, so that its
//     numbers can be worked out again.
//
// No other package imports the OpenTelemetry libraries.
package otlp
