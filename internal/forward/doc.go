// Package forward sends what agents told of themselves on to OTLP endpoints of the
// user's, with what benchgate itself has to say of each trial: its cost, its verdict.
//
//  1. names.go   what everything is called there
//  2. target.go  an endpoint, and what it wants
//  3. trial.go   one try as telemetry: its resource, the span over it
//  4. points.go  its numbers
//  5. verdict.go the run's verdict
//  6. sent.go    which batches a target has acknowledged
//  7. lane.go    the way to one target: a trial becomes batches, each is sent
//  8. deliver.go one batch, again and again until it is taken or time is over
//  9. tee.go     beside a run: trials come in, lanes send them, nobody waits
//  10. send.go   after a run: what is left over
//
// There is no queue beside the run's own files. What a trial's agent sent is kept in
// the trial's directory, bounded and without secrets, before anything is sent; the
// batches are made from it, and the same ones whenever they are made. On disk is only
// noted which of them were acknowledged. So an unreachable endpoint costs no room, a
// crash loses nothing, and what was never sent can be sent weeks later.
//
// A batch whose acknowledgement was lost is sent twice. Then each of its records is
// what it was: a span has the same trace and span id, a log record the same
// log.record.uid, a point the same series, times and value.
package forward
