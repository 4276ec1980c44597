package dev

import (
	"bytes"
	"io"
	"strings"
	"sync"
)

// tailSize is how much of the end of an output is kept, in bytes.
const tailSize = 16 << 10

// tail passes on what is written and keeps the end of it.
type tail struct {
	w    io.Writer
	mu   sync.Mutex
	kept []byte
}

// Write implements io.Writer.
func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	t.kept = append(t.kept, b...)
	if extra := len(t.kept) - tailSize; extra > 0 {
		t.kept = append(t.kept[:0], t.kept[extra:]...)
	}
	t.mu.Unlock()
	return t.w.Write(b)
}

// String returns the end of what was written, in whole lines.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	kept := t.kept
	if len(kept) == tailSize {
		if i := bytes.IndexByte(kept, '\n'); i >= 0 {
			kept = kept[i+1:]
		}
	}
	return strings.TrimSpace(strings.ToValidUTF8(string(kept), "?"))
}

// orElse returns what was written, or the error if that is nothing.
func (t *tail) orElse(err error) string {
	if said := t.String(); said != "" {
		return said
	}
	return err.Error()
}
