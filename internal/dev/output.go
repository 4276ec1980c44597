package dev

import (
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/terem-go/terem/internal/terminal"
)

// output is where the server and the application write, one after the other.
type output struct {
	out, err io.Writer
	bold     func(string) string
	red      func(string) string
}

func newOutput(out, err io.Writer) *output {
	mu := new(sync.Mutex) // of both: they are often the same
	return &output{
		out:  &lockedWriter{mu: mu, w: out},
		err:  &lockedWriter{mu: mu, w: err},
		bold: func(s string) string { return terminal.Paint(out, terminal.Bold, s) },
		red:  func(s string) string { return terminal.Paint(err, terminal.Red, s) },
	}
}

// say writes a line about what happens.
func (o *output) say(format string, args ...any) { fmt.Fprintf(o.out, format+"\n", args...) }

// fail writes what went wrong, unless the application has written the text itself.
func (o *output) fail(f *failure) {
	if f.said {
		fmt.Fprintln(o.err, o.red("error:"), f.Title)
		return
	}
	fmt.Fprintln(o.err, o.red("error:"), f.Title+"\n"+f.Text)
}

// lockedWriter is a writer for several goroutines.
type lockedWriter struct {
	mu *sync.Mutex
	w  io.Writer
}

// Write implements io.Writer.
func (l *lockedWriter) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(b)
}

// What is kept of what a program writes, to be shown in a page.
const (
	tailBytes = 32 << 10
	tailLines = 60
)

// tail keeps the end of what is written to it. It is safe for use by many
// goroutines.
type tail struct {
	mu   sync.Mutex
	text []byte
}

// Write implements io.Writer.
func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, b...)
	if extra := len(t.text) - tailBytes; extra > 0 {
		t.text = append(t.text[:0], t.text[extra:]...)
	}
	return len(b), nil
}

// String returns the last lines.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	lines := strings.Split(strings.TrimSpace(strings.ToValidUTF8(string(t.text), "")), "\n")
	return strings.Join(lines[max(0, len(lines)-tailLines):], "\n")
}
