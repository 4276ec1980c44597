package tracing

import (
	"context"
	"strconv"

	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/terem-go/terem/api"
)

// Requests returns what makes a span of each request, with the name of its
// method and route. A trace that the header traceparent names is continued if a
// trusted proxy has sent the request (api.Config.TrustedProxies); that of anybody
// else is only linked, since it could have everything recorded or nothing.
func (t *Tracing) Requests() api.Observer { return requests{t.tracer} }

// requests implements api.Observer.
type requests struct{ tracer trace.Tracer }

// Begin implements api.Observer.
func (q requests) Begin(ctx context.Context, r *api.Request) context.Context {
	options := []trace.SpanStartOption{trace.WithSpanKind(trace.SpanKindServer),
		trace.WithAttributes(semconv.HTTPRequestMethodKey.String(r.HTTP.Method), semconv.URLPath(r.HTTP.URL.Path))}
	remote := propagation.TraceContext{}.Extract(ctx, propagation.HeaderCarrier(r.HTTP.Header))
	switch {
	case r.Trusted:
		ctx = remote
	case trace.SpanContextFromContext(remote).IsValid():
		options = append(options, trace.WithLinks(trace.LinkFromContext(remote)))
	}
	ctx, _ = q.tracer.Start(ctx, r.HTTP.Method, options...)
	return withTrace(ctx)
}

// End implements api.Observer.
func (requests) End(ctx context.Context, r *api.Request) {
	span := trace.SpanFromContext(ctx)
	defer span.End()
	if r.Route != "" {
		span.SetName(r.HTTP.Method + " " + r.Route)
		span.SetAttributes(semconv.HTTPRoute(r.Route))
	}
	span.SetAttributes(semconv.HTTPResponseStatusCode(r.Status))
	if r.Status >= 500 {
		span.SetAttributes(semconv.ErrorTypeKey.String(strconv.Itoa(r.Status)))
		span.SetStatus(codes.Error, "")
	}
}
