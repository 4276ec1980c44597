package tracing

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/terem-go/terem/jobs"
)

// Jobs returns what makes a span of each run of a job, which begins a trace of
// its own, with a link to the request or the run that has enqueued the job.
func (t *Tracing) Jobs() jobs.Observer { return runs{t.tracer} }

// runs implements jobs.Observer.
type runs struct{ tracer trace.Tracer }

// Begin implements jobs.Observer.
func (j runs) Begin(ctx context.Context, r *jobs.Run) context.Context {
	options := []trace.SpanStartOption{trace.WithNewRoot(), trace.WithSpanKind(trace.SpanKindConsumer),
		trace.WithAttributes(attribute.String("terem.job.kind", r.Kind), attribute.Int64("terem.job.id", r.ID),
			attribute.String("terem.job.queue", r.Queue), attribute.Int("terem.attempt", r.Attempt))}
	origin := propagation.TraceContext{}.Extract(context.Background(), propagation.MapCarrier{traceparent: r.Trace})
	if trace.SpanContextFromContext(origin).IsValid() {
		options = append(options, trace.WithLinks(trace.LinkFromContext(origin)))
	}
	ctx, _ = j.tracer.Start(ctx, "job "+r.Kind, options...)
	return withTrace(ctx)
}

const traceparent = "traceparent"

// withTrace has jobs that are enqueued tell that they come from the span of ctx, if
// it is recorded.
func withTrace(ctx context.Context) context.Context {
	if !trace.SpanContextFromContext(ctx).IsSampled() {
		return ctx
	}
	carrier := propagation.MapCarrier{}
	propagation.TraceContext{}.Inject(ctx, carrier)
	return jobs.WithTrace(ctx, carrier[traceparent])
}

// End implements jobs.Observer.
func (runs) End(ctx context.Context, r *jobs.Run) {
	span := trace.SpanFromContext(ctx)
	span.SetAttributes(attribute.String("terem.outcome", r.Outcome.String()))
	failed(span, r.Err)
	span.End()
}
