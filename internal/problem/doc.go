// Package problem is one mistake in a file that a person or another program
// wrote: where it is, what is wrong and what to do about it.
//
// Whoever reads a file makes a [Source] of its text, adds every mistake to a
// [List] and goes on reading, so that one attempt tells all of them. Columns
// count characters, as editors do: see [Source.Place]. JSON files get their
// places from [Source.JSON].
//
// The package is pure: it reads no file; the text comes from its caller.
package problem
