// Package tracing makes OpenTelemetry spans of what an application does: of
// requests, units of work, statements and jobs. Nothing else of the library
// imports OpenTelemetry.
//
//	t := tracing.New(provider) // of go.opentelemetry.io/otel/sdk/trace
//	database.Observe(t.Units(database.Dialect()))
//	a := app.New(app.Config{
//		DB:   database,
//		API:  api.Config{Observers: []api.Observer{t.Requests()}},
//		Jobs: jobs.Config{Observers: []jobs.Observer{t.Jobs()}},
//	})
//
// Spans hold the text of statements with its placeholders, and never arguments,
// query strings, bodies or the text of errors, which may quote what users have
// written: an error is there by its code, and the log has the rest.
package tracing

import (
	"go.opentelemetry.io/otel/codes"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/terem-go/terem/errs"
)

// Tracing makes spans.
type Tracing struct{ tracer trace.Tracer }

// New returns what makes spans for a provider.
func New(p trace.TracerProvider) *Tracing {
	return &Tracing{p.Tracer("github.com/terem-go/terem")}
}

// failed notes an error by its code. One that the operator should see makes the
// span one of an error.
func failed(span trace.Span, err error) {
	if err == nil {
		return
	}
	e := errs.From(err)
	span.SetAttributes(semconv.ErrorTypeKey.String(e.Code))
	if e.Kind.Status() >= 500 {
		span.SetStatus(codes.Error, "")
	}
}
