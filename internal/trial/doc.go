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
//     settle.go holds what is said of the end against the ledger
//  5. record.go  what became of the files is counted, and recorded if asked for
//  6. verify.go  only now the task's tests are placed, run, and their answer read
//  7. files.go   transcript and logs are kept, secrets taken out
//
// Failures are records, not errors: whatever breaks, a trial comes out that
// says so. What broke in the infrastructure is tried again (pool.go).
package trial
