// Package report turns finished documents into something to read: a verdict
// into terminal text, a GitHub comment, JSON or JUnit; any number of runs into
// one table side by side; a run that is still going on into progress lines.
//
// It is pure. It reads no clock, environment, terminal or network, decides
// nothing and computes no statistics: what a [gate.Verdict] does not say, a
// report does not say either. A verdict takes this way:
//
//  1. [Decode] or the gate gives the document.
//  2. metric.go, task.go and measured.go turn it into labelled strings, once
//     for all formats (numbers.go has the number formats, words.go the words).
//  3. plain.go takes the teeth out of text that agents, tasks or model
//     services wrote: it can neither steer a terminal nor the runner that
//     parses our log.
//  4. [Text], [Markdown] and [JUnit] lay it out. Markdown escapes once more
//     (escape.go) and makes itself shorter until it fits (markdown.go).
//
// Two rules hold everywhere. What is not known is printed as such, never as
// zero. And cost per solved task comes first.
package report
