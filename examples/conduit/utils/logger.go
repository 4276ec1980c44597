// Package utils has small things that any part of the application may use. It
// imports nothing of the application.
package utils

import (
	"io"
	"log/slog"

	"github.com/terem-go/terem/api"
)

// NewLogger returns the application's logger: text for people, or JSON for
// programs. Records of a request carry its request_id.
func NewLogger(w io.Writer, level slog.Level, json bool) *slog.Logger {
	options := &slog.HandlerOptions{Level: level}
	if json {
		return slog.New(api.LogHandler(slog.NewJSONHandler(w, options)))
	}
	return slog.New(api.LogHandler(slog.NewTextHandler(w, options)))
}
