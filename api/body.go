package api

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/terem-go/terem/errs"
)

var (
	errTooLarge = errs.New(errs.TooLarge, "body_too_large", "The request's body is too large.")
	errSlowBody = errs.New(errs.Timeout, "body_timeout", "The request's body took too long to arrive.")
	errCutBody  = errs.New(errs.Malformed, "body_incomplete", "The request's body could not be read.")
)

// readBody reads the whole body, up to the limit. It reads bodies that the
// route does not expect, too: only then does net/http notice that the client
// went away while the handler runs.
func readBody(w http.ResponseWriter, r *http.Request, limit int64) ([]byte, error) {
	if r.Body == nil || r.Body == http.NoBody {
		return nil, nil
	}
	if r.ContentLength > limit {
		return nil, errTooLarge.Wrap(fmt.Errorf("%d bytes, the limit is %d", r.ContentLength, limit))
	}
	control := http.NewResponseController(w)
	if deadline, ok := r.Context().Deadline(); ok {
		_ = control.SetReadDeadline(deadline)
		defer func() { _ = control.SetReadDeadline(time.Time{}) }()
	}
	b, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	return b, bodyError(err)
}

// bodyError says what an error of reading a body means to the client.
func bodyError(err error) error {
	var large *http.MaxBytesError
	var slow net.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &large):
		return errTooLarge.Wrap(err)
	case errors.As(err, &slow) && slow.Timeout():
		return errSlowBody.Wrap(err)
	}
	return errCutBody.Wrap(err)
}
