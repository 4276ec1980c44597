package api

import (
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"

	"github.com/terem-go/terem/errs"
)

var (
	errCrashed   = errs.New(errs.Internal, "internal", "Something went wrong on our side. It has been logged.")
	errNoRoute   = errs.New(errs.NotFound, "not_found", "There is nothing at this address.")
	errBadMethod = errs.New(errs.MethodNotAllowed, "method_not_allowed", "This method is not allowed at this address.")
)

// notRouted is what a request to no route gets.
func notRouted(status int) *errs.Error {
	if status == http.StatusMethodNotAllowed {
		return errBadMethod
	}
	return errNoRoute
}

// rescue is deferred around a request: it answers for a handler that panicked
// or ended its goroutine with runtime.Goexit. The session has been rolled back
// by then.
func (a *API) rescue(x *exchange) {
	p := recover()
	if p == nil && x.finished {
		return
	}
	if p == http.ErrAbortHandler {
		panic(p)
	}
	what := "a handler panicked"
	if p == nil {
		what, p = "a handler ended its goroutine", "runtime.Goexit"
	}
	attrs := []any{slog.String("panic", fmt.Sprint(p)), slog.String("stack", string(debug.Stack()))}
	if x.route != nil {
		attrs = append(attrs, slog.String("route", x.route.pattern), slog.String("handler", x.route.handler))
	}
	a.config.Logger.ErrorContext(x.request.Context(), what, attrs...)
	if x.status == 0 {
		a.writeError(x, x.request, errCrashed)
		x.Flush() // a goroutine that ends takes unsent bytes with it
		return
	}
	panic(http.ErrAbortHandler) // what was sent is not the whole: the client must see that
}
