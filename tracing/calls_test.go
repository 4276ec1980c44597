package tracing_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.opentelemetry.io/otel/codes"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/terem-go/terem/outside"
	"github.com/terem-go/terem/tracing"
)

// Each attempt at a call is a span below that of its caller, and the other system is told which.
func TestCalls(t *testing.T) {
	t.Parallel()
	spans := tracetest.NewSpanRecorder()
	provider := sdk.NewTracerProvider(sdk.WithSpanProcessor(spans))
	client, err := outside.New(outside.Config{Pause: time.Millisecond, Wrap: tracing.New(provider).Calls})
	if err != nil {
		t.Fatal(err)
	}
	var n atomic.Int32
	parents := make(chan string, 2)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		parents <- r.Header.Get("Traceparent")
		if n.Add(1) == 1 {
			w.WriteHeader(503)
		}
	}))
	defer s.Close()
	ctx, caller := provider.Tracer("test").Start(t.Context(), "caller")
	r, _ := http.NewRequestWithContext(ctx, "GET", s.URL+"/secret?key=secret", nil)
	response, err := client.Do(r)
	if err != nil || response.StatusCode != 200 {
		t.Fatal(response, err)
	}
	ended := await(t, spans, 2)
	for i, span := range ended {
		if got, want := span.Name(), "GET "+strings.TrimPrefix(s.URL, "http://"); got != want {
			t.Errorf("span %d is %q, want %q", i, got, want)
		}
		if span.Parent().SpanID() != caller.SpanContext().SpanID() {
			t.Errorf("span %d is not below its caller's", i)
		}
		if got := <-parents; !strings.Contains(got, span.SpanContext().SpanID().String()) {
			t.Errorf("the other system was told %q, not of span %d", got, i)
		}
		if failed := span.Status().Code == codes.Error; failed != (i == 0) {
			t.Errorf("span %d is one of a failure: %t", i, failed)
		}
		for _, a := range span.Attributes() {
			if strings.Contains(a.Value.String(), "secret") {
				t.Errorf("span %d shows what was asked for: %s", i, a.Key)
			}
		}
	}
	if r.Header.Get("Traceparent") != "" {
		t.Error("the caller's request was changed")
	}
}
