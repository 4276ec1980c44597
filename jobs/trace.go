package jobs

import (
	"context"
	"encoding/json"

	"github.com/riverqueue/river/rivertype"
)

// traceKey is the key of the context that carries a trace.
type traceKey struct{}

// WithTrace returns a context in which Enqueue keeps with each job where it comes
// from: a traceparent as of W3C's Trace Context, which observers of the job find in
// Run.Trace. Package tracing calls it for requests and for runs of jobs.
func WithTrace(ctx context.Context, traceparent string) context.Context {
	return context.WithValue(ctx, traceKey{}, traceparent)
}

// kept is what a job's metadata has of its trace.
type kept struct {
	Trace string `json:"terem:traceparent"`
}

// metadata returns what is kept with a job that is enqueued; nil for nothing.
func metadata(ctx context.Context) []byte {
	trace, _ := ctx.Value(traceKey{}).(string)
	if trace == "" {
		return nil
	}
	data, _ := json.Marshal(kept{trace}) // never fails
	return data
}

// traceOf returns where a job comes from, or "".
func traceOf(j *rivertype.JobRow) string {
	var k kept
	_ = json.Unmarshal(j.Metadata, &k) // what is broken has none
	return k.Trace
}
