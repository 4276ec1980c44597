package jobs

import (
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
)

// panicked is the error of a job that panicked.
type panicked struct {
	value any
	stack []byte
}

func (p *panicked) Error() string { return fmt.Sprintf("panic: %v", p.value) }

// stacked is a panic as the queue keeps it: with the stack behind the error.
type stacked struct{ *panicked }

// StackFollows stands between a panic and its stack in what the queue keeps of a
// failure.
const StackFollows = "\n\ngoroutine "

// maxStack is how many bytes of a stack the queue keeps, the log has all.
const maxStack = 8 << 10

func (p stacked) Error() string {
	stack, _ := strings.CutPrefix(string(p.stack[:min(len(p.stack), maxStack)]), "goroutine ")
	return p.panicked.Error() + StackFollows + stack
}

// Unwrap returns the panic, as the log has it.
func (p stacked) Unwrap() error { return p.panicked }

// plain is an error as the queue can keep it.
type plain struct {
	text string
	error
}

func (p plain) Error() string { return p.text }

// Unwrap returns the error itself.
func (p plain) Unwrap() error { return p.error }

// storable returns err with a text that PostgreSQL can store, which has no NUL: it
// would refuse to note how this job ended, and those that ended at the same time.
func storable(err error) error {
	if err == nil || !strings.Contains(err.Error(), "\x00") {
		return err
	}
	return plain{strings.ReplaceAll(err.Error(), "\x00", "\uFFFD"), err}
}

var errExited = errors.New("the worker ended its goroutine (runtime.Goexit) instead of returning")

// protect runs f in a goroutine of its own, so that neither a panic nor
// runtime.Goexit takes more with it than this run.
func protect(f func() error) error {
	done := make(chan error, 1)
	go func() {
		err := errExited
		defer func() {
			if p := recover(); p != nil {
				err = &panicked{p, debug.Stack()}
			}
			done <- err
		}()
		err = f()
	}()
	return <-done
}
