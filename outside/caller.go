package outside

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/sony/gobreaker/v2"

	"github.com/terem-go/terem/db"
)

// caller implements http.RoundTripper: it makes one call by several attempts.
type caller struct {
	config   Config
	next     http.RoundTripper
	breakers *breakers
}

// errStatus is a response that another attempt may better, or that counts against its host.
var errStatus = errors.New("a status that means a failure")

// errGivenUp is a failure that says nothing about the host: the call's own context has ended.
var errGivenUp = errors.New("the caller has given up")

// RoundTrip implements http.RoundTripper.
func (c *caller) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		defer r.Body.Close()
	}
	if err := db.Outside(r.Context(), "calling "+r.URL.Host); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(r.Context(), c.config.Timeout)
	defer cancel()
	tries := 1
	body := func() (io.ReadCloser, error) { return r.Body, nil }
	if repeatable(r) {
		tries = c.config.Attempts
		var err error
		if body, err = c.replay(r); err != nil {
			return nil, err
		}
	}
	pauses := backoff.NewExponentialBackOff()
	pauses.InitialInterval, pauses.Multiplier = c.config.Pause, 2
	end, _ := ctx.Deadline()
	response, err := backoff.Retry(ctx, func() (*http.Response, error) { return c.try(ctx, r, body) },
		backoff.WithBackOff(pauses), backoff.WithMaxTries(uint(tries)), backoff.WithMaxElapsedTime(max(time.Until(end), 1)))
	switch {
	case r.Context().Err() != nil && (response == nil || !errors.Is(err, errStatus)):
		return nil, r.Context().Err()
	case response != nil:
		return response, nil
	}
	return nil, meaning(err, c.config.Rest)
}

// repeatable reports whether a request may be made a second time.
func repeatable(r *http.Request) bool {
	return slices.Contains([]string{"", "GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"}, r.Method) || r.Header.Get("Idempotency-Key") != ""
}

// replay returns what returns the body of a request, as often as it is called.
func (c *caller) replay(r *http.Request) (func() (io.ReadCloser, error), error) {
	switch {
	case r.Body == nil || r.Body == http.NoBody:
		return func() (io.ReadCloser, error) { return r.Body, nil }, nil
	case r.GetBody != nil:
		return r.GetBody, nil
	}
	content, err := c.read(r.Body)
	return func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil }, err
}

// try makes one attempt, unless the host is left alone. Its error says whether there may be another one; a response
// may come with it.
func (c *caller) try(ctx context.Context, r *http.Request, body func() (io.ReadCloser, error)) (*http.Response, error) {
	response, err := c.breakers.of(r.URL.Host).Execute(func() (*http.Response, error) {
		response, err := c.attempt(ctx, r, body)
		if response == nil && r.Context().Err() != nil {
			err = errGivenUp
		}
		return response, err
	})
	var untrusted *tls.CertificateVerificationError
	switch {
	case err == nil:
		return response, passing(response)
	case response != nil: // and a failure for the breaker
		if again := passing(response); again != nil {
			return response, again
		}
		return response, backoff.Permanent(errStatus)
	case errors.Is(err, gobreaker.ErrOpenState), errors.Is(err, gobreaker.ErrTooManyRequests), errors.Is(err, ErrTooLarge),
		errors.Is(err, ErrNotPublic), errors.As(err, &untrusted):
		return nil, backoff.Permanent(err)
	}
	return nil, err
}

// attempt sends the request and reads the response. A response with a status from 500 on comes with errStatus.
func (c *caller) attempt(ctx context.Context, r *http.Request, body func() (io.ReadCloser, error)) (response *http.Response, err error) {
	ctx, cancel := context.WithTimeout(ctx, c.config.Try)
	defer cancel()
	request := r.Clone(ctx)
	if request.Body, err = body(); err != nil {
		return nil, backoff.Permanent(err)
	}
	if response, err = c.next.RoundTrip(request); err != nil {
		return nil, err
	}
	defer response.Body.Close()
	content, err := c.read(response.Body)
	if err != nil {
		return nil, err
	}
	response.Body, response.Request = io.NopCloser(bytes.NewReader(content)), r
	if response.StatusCode >= 500 {
		return response, errStatus
	}
	return response, nil
}

// read reads a body, or returns ErrTooLarge.
func (c *caller) read(body io.Reader) ([]byte, error) {
	content, err := io.ReadAll(io.LimitReader(body, c.config.MaxBody+1))
	if err == nil && int64(len(content)) > c.config.MaxBody {
		return nil, ErrTooLarge.Wrap(fmt.Errorf("outside: a body has more than %d bytes: raise Config.MaxBody, or ask for less", c.config.MaxBody))
	}
	return content, err
}

// passing returns an error for a response after which another attempt may go better: when to make it, if the
// response says that.
func passing(response *http.Response) error {
	if !slices.Contains([]int{429, 502, 503, 504}, response.StatusCode) {
		return nil
	}
	after := response.Header.Get("Retry-After")
	pause := time.Duration(0)
	if seconds, err := strconv.ParseUint(after, 10, 31); err == nil {
		pause = time.Duration(seconds) * time.Second
	} else if at, err := http.ParseTime(after); err == nil {
		pause = time.Until(at)
	}
	if pause > 0 {
		return errors.Join(errStatus, &backoff.RetryAfterError{Duration: pause})
	}
	return errStatus
}

// meaning returns what a failure means to who has made the call.
func meaning(err error, rest time.Duration) error {
	switch {
	case errors.Is(err, ErrTooLarge), errors.Is(err, ErrNotPublic):
		return err
	case errors.Is(err, gobreaker.ErrOpenState), errors.Is(err, gobreaker.ErrTooManyRequests):
		return ErrUnavailable.Wrap(fmt.Errorf("outside: the host has failed too often and is left alone for %v", rest)).After(rest)
	}
	return ErrUnavailable.Wrap(err)
}
