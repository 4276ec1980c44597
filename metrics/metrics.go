// Package metrics counts what an application does, for Prometheus.
//
// Package app makes use of it where Config.AdminAddr is set. An application
// without it connects the parts itself, before the first unit of work:
//
//	m := metrics.New()
//	database.Observe(m.Units())
//	a := api.New(api.Config{DB: database, Observers: []api.Observer{m.Requests()}})
//	jobs.New(database, workers, jobs.Config{Observers: []jobs.Observer{m.Jobs()}})
//	http.Handle("/metrics", m.Handler())
package metrics

import (
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics are the metrics of one application.
type Metrics struct {
	registry *prometheus.Registry
	units    *units
	requests *requests
	jobs     *runs
}

// New returns metrics that have counted nothing.
func New() *Metrics {
	m := &Metrics{registry: prometheus.NewRegistry(), units: newUnits(), requests: newRequests(), jobs: newRuns()}
	m.registry.MustRegister(m.units.collectors()...)
	m.registry.MustRegister(m.requests.collectors()...)
	m.registry.MustRegister(m.jobs.collectors()...)
	return m
}

// Handler answers scrapes with these metrics and with all that are registered
// with prometheus.DefaultRegisterer: those of the Go runtime and of the process,
// and the application's own.
func (m *Metrics) Handler() http.Handler {
	all := prometheus.Gatherers{m.registry, prometheus.DefaultGatherer}
	return promhttp.HandlerFor(all, promhttp.HandlerOpts{})
}

// counter returns a counter of the application's, with labels.
func counter(name, help string, labels ...string) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "terem", Name: name, Help: help}, labels)
}

// histogram returns a histogram of the application's, with labels.
func histogram(name, help string, buckets []float64, labels ...string) *prometheus.HistogramVec {
	return prometheus.NewHistogramVec(prometheus.HistogramOpts{Namespace: "terem", Name: name, Help: help, Buckets: buckets}, labels)
}
