// Package procgroup starts a command in a process group of its own, so that a
// terminal's Ctrl-C reaches it only by way of who started it.
package procgroup
