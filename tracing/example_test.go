package tracing_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http/httptest"

	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/tracing"
)

// The exporter is the one of an application's choice; this one keeps the spans.
func Example() {
	exporter := tracetest.NewInMemoryExporter()
	provider := sdk.NewTracerProvider(sdk.WithSyncer(exporter))
	t := tracing.New(provider)

	a := api.New(api.Config{Observers: []api.Observer{t.Requests()}, Logger: slog.New(slog.DiscardHandler)})
	api.Get(a.Router("", "hello"), "/hello/{name}", func(context.Context, api.None, *struct {
		Name string `path:"name"`
	}) (*api.Empty, error) {
		return nil, nil
	}, api.Public)
	h, err := a.Handler()
	if err != nil {
		fmt.Println(err)
		return
	}
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/hello/ada", nil))
	for _, span := range exporter.GetSpans() {
		fmt.Println(span.Name)
	}
	// Output: GET /hello/{name}
}
