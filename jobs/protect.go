package jobs

import (
	"errors"
	"fmt"
	"runtime/debug"
)

// panicked is the error of a job that panicked.
type panicked struct {
	value any
	stack []byte
}

func (p *panicked) Error() string { return fmt.Sprintf("panic: %v", p.value) }

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
