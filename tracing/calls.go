package tracing

import (
	"net/http"
	"strconv"

	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"
)

// Calls returns what makes a span of each attempt at a call to another system, with its method, host and port, and
// sends the trace on in the header traceparent. It is the Wrap of outside.Config.
func (t *Tracing) Calls(next http.RoundTripper) http.RoundTripper { return calls{t.tracer, next} }

// calls implements http.RoundTripper.
type calls struct {
	tracer trace.Tracer
	next   http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (c calls) RoundTrip(r *http.Request) (*http.Response, error) {
	ctx, span := c.tracer.Start(r.Context(), r.Method+" "+r.URL.Host, trace.WithSpanKind(trace.SpanKindClient),
		trace.WithAttributes(semconv.HTTPRequestMethodKey.String(r.Method), semconv.ServerAddress(r.URL.Hostname())))
	defer span.End()
	if port, err := strconv.Atoi(r.URL.Port()); err == nil {
		span.SetAttributes(semconv.ServerPort(port))
	}
	r = r.Clone(ctx)
	propagation.TraceContext{}.Inject(ctx, propagation.HeaderCarrier(r.Header))
	response, err := c.next.RoundTrip(r)
	switch {
	case err != nil:
		span.SetAttributes(semconv.ErrorTypeOther)
		span.SetStatus(codes.Error, "")
	case response.StatusCode >= 400:
		span.SetAttributes(semconv.ErrorTypeKey.String(strconv.Itoa(response.StatusCode)))
		span.SetStatus(codes.Error, "")
	}
	if err == nil {
		span.SetAttributes(semconv.HTTPResponseStatusCode(response.StatusCode))
	}
	return response, err
}
