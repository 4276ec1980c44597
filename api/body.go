package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/terem-go/terem/errs"
)

var (
	errTooLarge = errs.New(errs.TooLarge, "body_too_large", "The request's body is too large.")
	errSlowBody = errs.New(errs.Malformed, "body_timeout", "The request's body took too long to arrive.")
	errCutBody  = errs.New(errs.Malformed, "body_incomplete", "The request's body could not be read.")
)

// readBody reads the whole body, up to the limit, until the deadline of ctx.
// It reads bodies that the route does not expect, too: only then does net/http
// notice that the client went away while the handler runs.
func readBody(ctx context.Context, w http.ResponseWriter, r *http.Request, limit int64) ([]byte, error) {
	if r.Body == nil || r.Body == http.NoBody {
		return nil, nil
	}
	if r.ContentLength > limit {
		return nil, errTooLarge.Wrap(fmt.Errorf("%d bytes, the limit is %d", r.ContentLength, limit))
	}
	control := http.NewResponseController(w)
	deadline, _ := ctx.Deadline()
	_ = control.SetReadDeadline(deadline)
	b, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	if err != nil {
		return nil, unreadable(err)
	}
	_ = control.SetReadDeadline(time.Time{}) // it would end the watch for a client that goes away, too
	return b, nil
}

// isJSON reports whether a media type is one of JSON. A body without one is
// not: browsers may send it to other origins unasked.
func isJSON(contentType string) bool {
	t, _, err := mime.ParseMediaType(contentType)
	return err == nil && (t == "application/json" || strings.HasSuffix(t, "+json"))
}

// wellFormed reports whether a query can be read, which huma takes for granted.
func wellFormed(query string) bool {
	if query == "" {
		return true
	}
	_, err := url.ParseQuery(query)
	return err == nil
}

// unreadable says what an error of reading a body means to the client.
func unreadable(err error) error {
	var large *http.MaxBytesError
	var slow net.Error
	switch {
	case errors.As(err, &large):
		return errTooLarge.Wrap(err)
	case errors.As(err, &slow) && slow.Timeout():
		return errSlowBody.Wrap(err)
	}
	return errCutBody.Wrap(err)
}
