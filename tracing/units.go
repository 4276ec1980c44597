package tracing

import (
	"context"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/terem-go/terem/db"
)

// Units returns what makes a span of each attempt of a unit of work on databases
// of a dialect, and one of each of its statements, COMMIT and ROLLBACK included.
func (t *Tracing) Units(d db.Dialect) db.Observer {
	system := semconv.DBSystemNamePostgreSQL
	if d == db.SQLite {
		system = semconv.DBSystemNameSQLite
	}
	return units{t.tracer, system}
}

// units implements db.Observer.
type units struct {
	tracer trace.Tracer
	system attribute.KeyValue
}

// Begin implements db.Observer.
func (u units) Begin(ctx context.Context, a *db.Attempt) context.Context {
	name := "reader"
	if a.Writes {
		name = "session"
	}
	ctx, _ = u.tracer.Start(ctx, name, trace.WithAttributes(attribute.Int("terem.attempt", a.Number)))
	return ctx
}

// Before implements db.Observer.
func (u units) Before(ctx context.Context, a *db.Attempt) (context.Context, error) {
	ctx, _ = u.tracer.Start(ctx, operation(a.SQL), trace.WithSpanKind(trace.SpanKindClient),
		trace.WithAttributes(u.system, semconv.DBQueryText(a.SQL)))
	return ctx, nil
}

// operation returns the first word of a statement.
func operation(sql string) string {
	for word := range strings.FieldsSeq(sql) {
		return strings.ToUpper(word)
	}
	return "statement"
}

// After implements db.Observer.
func (units) After(ctx context.Context, _ *db.Attempt, err error) {
	span := trace.SpanFromContext(ctx)
	failed(span, err)
	span.End()
}

// End implements db.Observer.
func (units) End(ctx context.Context, a *db.Attempt) {
	span := trace.SpanFromContext(ctx)
	span.SetAttributes(attribute.String("terem.outcome", a.Outcome.String()), attribute.Int("terem.statements", a.Statements),
		attribute.Float64("terem.waited", a.Waited.Seconds()))
	failed(span, a.Err)
	if a.Outcome == db.OutcomeUnknown {
		span.SetStatus(codes.Error, "")
	}
	span.End()
}
