// Package outside calls other systems over HTTP: with limits of time and size, attempts after failures that pass, and
// a rest for a system that keeps failing. A service that talks to an integration does it through such a client.
//
//	client, err := outside.New(outside.Config{Timeout: 10 * time.Second})
//
// What New returns is an ordinary [http.Client], so that the packages which vendors write for their systems take it.
package outside

import (
	"cmp"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/terem-go/terem/errs"
)

// The errors of calls, besides those of their contexts. A call that was answered has none, whatever the status.
var (
	// ErrUnavailable is for a system that was not reached, did not answer in time, or is left alone for a while
	// because it has failed too often.
	ErrUnavailable = errs.New(errs.Unavailable, "outside.unavailable", "Another system that is needed for this does not answer. Try again later.")
	// ErrTooLarge is for a response above Config.MaxBody, and for such a request that would have to be kept for
	// further attempts.
	ErrTooLarge = errs.New(errs.Internal, "outside.too_large", "Another system that is needed for this has sent too much.")
	// ErrNotPublic is for an address that Config.PublicOnly refuses.
	ErrNotPublic = errs.New(errs.Invalid, "outside.not_public", "This address is not one of the public internet.")
)

// Config are the settings of a client. The zero value is ready for use; 0 means the default everywhere.
type Config struct {
	// Timeout is how long a call may take with all of its attempts, the pauses between them and the reading of
	// the response; default 30 s. A context that ends earlier ends it too.
	Timeout time.Duration
	// Try is how long one attempt may take; default 10 s.
	Try time.Duration
	// Attempts is how often a call is made at most; default 3. There is a second attempt only at GET, HEAD,
	// OPTIONS, TRACE, PUT and DELETE, and at a request with the header Idempotency-Key, whose value says to the
	// other system that it is the same request: after a failure to connect or to read, and after the statuses
	// 429, 502, 503 and 504.
	Attempts int
	// Pause is about how long it waits before the second attempt; default 250 ms. It doubles before each further
	// one. A response that says Retry-After is obeyed, as long as Timeout allows that; else it is returned.
	Pause time.Duration
	// MaxBody is how many bytes a response may have; default 10 MiB, at most 1 TiB. It is in memory when the call returns, so
	// that a connection which breaks meanwhile is a failure of the attempt, and a body that is not closed no leak.
	MaxBody int64
	// Failures is after how many failures in a row a host is left alone; default 5. Those are attempts without a
	// response, and responses with a status from 500 on, but not those whose caller has given up or had no more
	// time. Calls to it then fail at once with ErrUnavailable.
	Failures int
	// Rest is how long a host is left alone, before one call finds out whether it works again; default 30 s.
	Rest time.Duration
	// PublicOnly refuses addresses that are not of the public internet, such as 127.0.0.1 and 10.0.0.1, with
	// ErrNotPublic. It is for URLs that users may choose, and uses no proxy. It is the address that is looked at,
	// and not its name, at each connection.
	PublicOnly bool
	// TLS says which certificates are trusted and shown; default: those that the system trusts, and none.
	TLS *tls.Config
	// Wrap goes around each attempt, such as Tracing.Calls of package tracing.
	Wrap func(http.RoundTripper) http.RoundTripper
}

// New returns a client, which may be used by many goroutines at once and should be shared: it keeps connections, and
// knows which hosts fail. An error names the field that is wrong.
//
// Inside a transaction a call warns, and fails in tests: see db.Outside. Redirects are not followed, but returned as
// they are. Keys of other systems belong into headers: the errors of package net/http show URLs.
func New(c Config) (*http.Client, error) {
	for name, n := range map[string]int64{"Timeout": int64(c.Timeout), "Try": int64(c.Try), "Attempts": int64(c.Attempts), "Pause": int64(c.Pause),
		"MaxBody": c.MaxBody, "Failures": int64(c.Failures), "Rest": int64(c.Rest)} {
		if n < 0 {
			return nil, fmt.Errorf("outside: Config.%s is below 0: leave it out for the default", name)
		}
	}
	if c.MaxBody > 1<<40 {
		return nil, errors.New("outside: Config.MaxBody is over 1 TiB: a response is held in memory, so say how large one may be")
	}
	c.Timeout = cmp.Or(c.Timeout, 30*time.Second)
	c.Try = cmp.Or(c.Try, 10*time.Second)
	c.Attempts = cmp.Or(c.Attempts, 3)
	c.Pause = cmp.Or(c.Pause, 250*time.Millisecond)
	c.MaxBody = cmp.Or(c.MaxBody, 10<<20)
	c.Failures = cmp.Or(c.Failures, 5)
	c.Rest = cmp.Or(c.Rest, 30*time.Second)
	dialer := &net.Dialer{Timeout: c.Try, KeepAlive: 30 * time.Second}
	transport := &http.Transport{
		Proxy: http.ProxyFromEnvironment, DialContext: dialer.DialContext, TLSClientConfig: c.TLS, ForceAttemptHTTP2: true,
		MaxIdleConns: 100, MaxIdleConnsPerHost: 10, MaxConnsPerHost: 100, IdleConnTimeout: 90 * time.Second, MaxResponseHeaderBytes: 64 << 10,
	}
	if c.PublicOnly {
		transport.Proxy, dialer.Control = nil, publicOnly
	}
	var next http.RoundTripper = transport
	if c.Wrap != nil {
		next = c.Wrap(transport)
	}
	return &http.Client{
		Transport:     &caller{config: c, next: next, breakers: newBreakers(c.Failures, c.Rest)},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}, nil
}
