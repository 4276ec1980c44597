package metrics

import (
	"cmp"
	"context"
	"net/http"
	"strconv"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/terem-go/terem/api"
)

// Requests returns what counts requests.
func (m *Metrics) Requests() api.Observer { return m.requests }

// requests implements api.Observer.
type requests struct {
	total    *prometheus.CounterVec
	duration *prometheus.HistogramVec
}

func newRequests() *requests {
	return &requests{
		total:    counter("requests_total", "Requests that were answered.", "route", "method", "status"),
		duration: histogram("request_duration_seconds", "Time from a request's header to the end of its answer.", times, "route", "method"),
	}
}

func (r *requests) collectors() []prometheus.Collector {
	return []prometheus.Collector{r.total, r.duration}
}

// Begin implements api.Observer.
func (*requests) Begin(ctx context.Context, _ *api.Request) context.Context { return ctx }

// End implements api.Observer. What clients choose freely is no label: neither
// paths without a route nor methods that nobody knows.
func (r *requests) End(_ context.Context, q *api.Request) {
	route, method := cmp.Or(q.Route, "unmatched"), methodOf(q.HTTP)
	r.total.WithLabelValues(route, method, strconv.Itoa(q.Status)).Inc()
	r.duration.WithLabelValues(route, method).Observe(q.Took.Seconds())
}

func methodOf(r *http.Request) string {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete,
		http.MethodOptions, http.MethodConnect, http.MethodTrace:
		return r.Method
	}
	return "other"
}
