// Package report turns finished documents into something to read: a verdict
// into terminal text, a GitHub comment, JSON or JUnit; any number of runs into
// one table side by side; a run that is still going on into progress lines.
//
// It is pure: it reads no clock, environment, terminal or network. It decides
// nothing and computes no statistics: what a [gate.Verdict] does not say, a
// report does not say either. And it is the only package that writes sentences
// about a verdict or formats a number: one writer a unit, in numbers.go. A
// verdict takes this way:
//
//  1. The gate gives the document, in codes and numbers, and [Explain] fills in
//     the sentences once: explain.go has the headline and the reasons,
//     finding.go what was found on one metric, sentence.go everything else. A
//     stored document, which [Decode] reads, has its sentences.
//  2. metric.go, task.go and measured.go turn the numbers into labelled
//     strings, once for all formats.
//  3. plain.go makes text that agents, tasks or model services wrote harmless:
//     it can neither steer a terminal nor the runner that parses our log.
//  4. [Text], [Markdown] and [JUnit] lay it out. Text is short unless it is asked
//     for everything (short.go, text.go); moved.go counts the tasks that broke,
//     next.go says what to do. Markdown has tables of that (settletable.go,
//     differs.go), escapes once more (escape.go) and makes itself shorter until
//     it fits (markdown.go).
//
// [Particulars] are what a job's page has below that: each attempt (attempts.go),
// where the money went (spent.go). [Plan] writes what is known before a run, [Runs] several runs side by side.
//
// Two rules hold everywhere. What is not known is printed as such, never as
// zero. And cost per solved task comes first.
package report
