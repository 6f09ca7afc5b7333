// Package trial runs one trial from sandbox to record, and many of them on
// several workers.
//
// The life of a trial, in the order of the files:
//
//  1. setup.go   a sandbox is made; the variant's files and the agent are put in
//  2. drive.go   the agent works until its end, its deadline or its budget
//     (replay.go: or a recording of one is played)
//  3. stop.go    the trial's model token is revoked, every process is ended
//  4. account.go ledger, telemetry and the agent's own result become numbers;
//     settle.go corrects how the agent says it ended by what the ledger shows
//     (answers.go reads it), and fetched.go notes where the agent went for the answer
//  5. record.go  the lines that the agent's work left are counted, and the
//     trial is recorded for replay if that was asked for
//  6. verify.go  the task's tests are placed and run, and their answer is read:
//     only now, so that the agent can neither see nor change them
//  7. files.go   transcript and logs are written, without secrets
//
// A trial that fails is a result like any other: [Runner.Run] has no error, and
// its record says what went wrong. Whose doing it was, the agent's or the
// infrastructure's, is the table in cause.go. After an infrastructure error the
// attempt is tried again (pool.go). How many trials run at once is limiter.go. The
// tasks' images are built beside them (prepare.go, environment.go, ready.go).
package trial
