package tracing

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"github.com/terem-go/terem/jobs"
)

// Jobs returns what makes a span of each run of a job, which begins a trace of
// its own.
func (t *Tracing) Jobs() jobs.Observer { return runs{t.tracer} }

// runs implements jobs.Observer.
type runs struct{ tracer trace.Tracer }

// Begin implements jobs.Observer.
func (j runs) Begin(ctx context.Context, r *jobs.Run) context.Context {
	ctx, _ = j.tracer.Start(ctx, "job "+r.Kind, trace.WithNewRoot(), trace.WithSpanKind(trace.SpanKindConsumer),
		trace.WithAttributes(attribute.String("terem.job.kind", r.Kind), attribute.Int64("terem.job.id", r.ID),
			attribute.String("terem.job.queue", r.Queue), attribute.Int("terem.attempt", r.Attempt)))
	return ctx
}

// End implements jobs.Observer.
func (runs) End(ctx context.Context, r *jobs.Run) {
	span := trace.SpanFromContext(ctx)
	span.SetAttributes(attribute.String("terem.outcome", r.Outcome.String()))
	failed(span, r.Err)
	span.End()
}
