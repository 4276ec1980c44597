package api

import (
	"context"
	"errors"
	"log/slog"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/errs"
)

// ErrorWriter says how an error looks to clients: a media type, and a value to
// encode as JSON. The status is that of the error's kind. It is called once at
// registration with an empty error, for the type's schema in the OpenAPI
// document.
type ErrorWriter func(e *errs.Error, requestID string) (contentType string, body any)

// Problem is the default ErrorWriter: problem details as of RFC 9457.
func Problem(e *errs.Error, requestID string) (string, any) {
	return errs.ProblemType, e.Problem(requestID)
}

var (
	errTimeout  = errs.New(errs.Timeout, "timeout", "This took too long and was given up.")
	errCanceled = errs.New(errs.Unavailable, "canceled", "The request was given up before it was done. Please try again.").After(2 * time.Second)
)

// statusClientGone is written to the access log for a client that went away
// before it was answered.
const statusClientGone = 499

// fail logs the error and answers with it.
func (a *API) fail(ctx context.Context, w http.ResponseWriter, r *http.Request, err error) {
	e := errs.From(err)
	switch {
	case errors.Is(e, db.ErrOutcomeUnknown): // however the wait for COMMIT ended
	case errors.Is(err, context.DeadlineExceeded) && e.Kind == errs.Internal:
		e = errTimeout.Wrap(err)
	case errors.Is(ctx.Err(), context.Canceled) && (e.Kind == errs.Timeout || errors.Is(err, context.Canceled)):
		// The client is gone; or the server stops, and then its client must
		// not take silence for success.
		e = errCanceled.Wrap(err)
		if errors.Is(context.Cause(ctx), context.Canceled) {
			exchangeOf(ctx).status = statusClientGone
		}
	}
	a.logError(ctx, e)
	a.writeError(w, r, e)
}

// logError logs what the client is not told.
func (a *API) logError(ctx context.Context, e *errs.Error) {
	level := slog.LevelDebug
	switch {
	case e.Kind == errs.Internal:
		level = slog.LevelError
	case errors.Is(e, errCanceled): // mostly a client that went away
	case e.Kind.Status() >= 500:
		level = slog.LevelWarn
	}
	if !a.config.Logger.Enabled(ctx, level) {
		return
	}
	attrs := []slog.Attr{slog.String("code", e.Code), slog.Any("error", e)}
	if rt := routeOf(ctx); rt != nil {
		attrs = append(attrs, slog.String("route", rt.pattern), slog.String("handler", rt.handler))
	}
	if place := e.Place(); place != "" {
		attrs = append(attrs, slog.String("place", place))
	}
	a.config.Logger.LogAttrs(ctx, level, "request failed", attrs...)
}

// writeError answers with an error.
func (a *API) writeError(w http.ResponseWriter, r *http.Request, e *errs.Error) {
	slow := errors.Is(e, errSlowBody)
	if kind := a.kind(e); kind != e.Kind {
		told := *e
		told.Kind = kind
		e = &told
	}
	status, header, body := a.errorPage(r, e)
	if body == nil && header == nil {
		status, header, body = a.errorJSON(r, e)
	}
	h := w.Header()
	h.Del("Content-Encoding")
	setHeader(h, header)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if e.RetryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(int(math.Ceil(e.RetryAfter.Seconds()))))
	}
	if rt := routeOf(r.Context()); rt != nil && status == http.StatusUnauthorized {
		if c := rt.challenge(); c != "" {
			h.Set("WWW-Authenticate", c)
		}
	}
	if !slow { // whose time is over
		limitRest(w)
	}
	w.WriteHeader(status)
	_, _ = w.Write(body)
}

// kind returns the kind that clients are told.
func (a *API) kind(e *errs.Error) errs.Kind {
	if kind, other := a.config.Kinds[e.Kind]; other {
		return kind
	}
	return e.Kind
}

// errorJSON returns the answer of Config.Errors.
func (a *API) errorJSON(r *http.Request, e *errs.Error) (status int, header http.Header, body []byte) {
	contentType, v := a.config.Errors(e, RequestID(r.Context()))
	body, err := encodeJSON(v)
	if err != nil {
		a.config.Logger.ErrorContext(r.Context(), "the ErrorWriter's value cannot be encoded", slog.Any("error", err))
		body = []byte("{}\n")
	}
	return e.Kind.Status(), http.Header{"Content-Type": {contentType}, "Cache-Control": noStore}, body
}

// errorPage returns the answer of Config.ErrorPage, or nothing where no page was
// asked for.
func (a *API) errorPage(r *http.Request, e *errs.Error) (status int, header http.Header, body []byte) {
	if a.config.ErrorPage == nil || !wantsPage(r) {
		return 0, nil, nil
	}
	page := a.config.ErrorPage(r, e)
	if page == nil {
		return 0, nil, nil
	}
	status, header, body, err := page.Render(r)
	if err != nil {
		a.config.Logger.ErrorContext(r.Context(), "the page of an error cannot be rendered", slog.Any("error", err))
		return 0, nil, nil
	}
	return status, header, body
}

// wantsPage reports whether the answer to the request should be a page.
func wantsPage(r *http.Request) bool {
	if rt := routeOf(r.Context()); rt != nil && rt.mounted == nil {
		return rt.output.rendered
	}
	return strings.Contains(strings.Join(r.Header.Values("Accept"), ","), "text/html")
}

// ErrorHandler returns a handler that answers every request with an error, as
// routes do. It is for middleware that refuses requests, such as web.CSRF, and
// for mounted handlers; it works within an API only.
func ErrorHandler(err error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		exchangeOf(r.Context()).api.fail(r.Context(), w, r, err)
	})
}

// limitRest limits the time that the rest of the request's body may take, which
// net/http reads before it sends an answer.
func limitRest(w http.ResponseWriter) {
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(stallTimeout))
}
