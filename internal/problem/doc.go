// Package problem describes mistakes in files that a person or another program
// wrote: the place, what is wrong and what to do about it.
//
// A package that reads a file makes a [Source] of its text, adds each mistake to
// a [List], and goes on reading, so that the user learns of all mistakes at
// once. Columns count characters, as editors do: see [Source.Place]. For JSON,
// [Source.DecodeJSON] finds mistakes with their places by itself.
//
// The package is pure: it reads no file; the text comes from its caller.
package problem
