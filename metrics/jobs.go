package metrics

import (
	"context"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/terem-go/terem/jobs"
)

// Jobs returns what counts the runs of jobs.
func (m *Metrics) Jobs() jobs.Observer { return m.jobs }

// runs implements jobs.Observer.
type runs struct {
	total          *prometheus.CounterVec
	running        *prometheus.GaugeVec
	wait, duration *prometheus.HistogramVec
}

func newRuns() *runs {
	return &runs{
		total: counter("job_runs_total", "Runs of jobs that have ended, by what became of them.", "kind", "outcome"),
		running: prometheus.NewGaugeVec(prometheus.GaugeOpts{Namespace: "terem", Name: "jobs_running",
			Help: "Jobs that run in this process."}, []string{"kind"}),
		wait:     histogram("job_wait_seconds", "Time from the moment in which a job was due to its run.", long, "kind"),
		duration: histogram("job_run_duration_seconds", "Time that a run has taken.", long, "kind"),
	}
}

// long are the bounds of times that are mostly above those of requests.
var long = []float64{.005, .01, .05, .1, .5, 1, 5, 10, 30, 60, 300, 1800, 7200}

func (r *runs) collectors() []prometheus.Collector {
	return []prometheus.Collector{r.total, r.running, r.wait, r.duration}
}

// Begin implements jobs.Observer.
func (r *runs) Begin(ctx context.Context, j *jobs.Run) context.Context {
	r.running.WithLabelValues(j.Kind).Inc()
	r.wait.WithLabelValues(j.Kind).Observe(max(0, j.Began.Sub(j.DueAt)).Seconds())
	return ctx
}

// End implements jobs.Observer.
func (r *runs) End(_ context.Context, j *jobs.Run) {
	r.running.WithLabelValues(j.Kind).Dec()
	r.total.WithLabelValues(j.Kind, j.Outcome.String()).Inc()
	r.duration.WithLabelValues(j.Kind).Observe(j.Took.Seconds())
}
