// Package wholefile writes files that are there whole or not at all, whenever
// the process or the machine stops.
package wholefile
