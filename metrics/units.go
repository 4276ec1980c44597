package metrics

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/terem-go/terem/db"
)

// Bounds of histograms. Times are in seconds.
var (
	waits      = []float64{.0001, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5}
	times      = []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30}
	statements = []float64{0, 1, 2, 3, 5, 10, 20, 50, 100, 500}
)

// Units returns what counts units of work: sessions and readers.
func (m *Metrics) Units() db.Observer { return m.units }

// units implements db.Observer, as do its two parts for their kinds.
type units struct {
	begun, attempts, retries    *prometheus.CounterVec
	wait, statements, durations *prometheus.HistogramVec
	session, reader             kind
}

// kind are the metrics of one kind of unit, without a look-up for each.
type kind struct {
	begun, retries             prometheus.Counter
	outcomes                   [3]prometheus.Counter // by db.Outcome
	wait, statements, duration prometheus.Observer
}

func newUnits() *units {
	u := &units{
		begun:      counter("units_begun_total", "Units of work that were begun.", "kind"),
		attempts:   counter("unit_attempts_total", "Attempts of units of work that have ended, by what became of them.", "kind", "outcome"),
		retries:    counter("unit_retries_total", "Attempts of units of work that follow one that was in vain.", "kind"),
		wait:       histogram("connection_wait_seconds", "How long an attempt that sent a statement has waited for a connection, or for its turn to write.", waits, "kind"),
		statements: histogram("unit_statements", "Statements that an attempt has sent.", statements, "kind"),
		durations:  histogram("transaction_duration_seconds", "Time from an attempt's first statement to its end.", times, "kind"),
	}
	u.session, u.reader = u.kind("session"), u.kind("reader")
	return u
}

func (u *units) kind(name string) kind {
	k := kind{begun: u.begun.WithLabelValues(name), retries: u.retries.WithLabelValues(name), wait: u.wait.WithLabelValues(name),
		statements: u.statements.WithLabelValues(name), duration: u.durations.WithLabelValues(name)}
	for o := range k.outcomes {
		k.outcomes[o] = u.attempts.WithLabelValues(name, db.Outcome(o).String())
	}
	return k
}

func (u *units) collectors() []prometheus.Collector {
	return []prometheus.Collector{u.begun, u.attempts, u.retries, u.wait, u.statements, u.durations}
}

func (u *units) of(a *db.Attempt) *kind {
	if a.Writes {
		return &u.session
	}
	return &u.reader
}

// Begin implements db.Observer.
func (u *units) Begin(ctx context.Context, a *db.Attempt) context.Context {
	k := u.of(a)
	if a.Number == 1 {
		k.begun.Inc()
	} else {
		k.retries.Inc()
	}
	return ctx
}

// Before implements db.Observer.
func (*units) Before(ctx context.Context, _ *db.Attempt) (context.Context, error) { return ctx, nil }

// After implements db.Observer.
func (*units) After(context.Context, *db.Attempt, error) {}

// End implements db.Observer.
func (u *units) End(_ context.Context, a *db.Attempt) {
	k := u.of(a)
	k.outcomes[a.Outcome].Inc()
	k.statements.Observe(float64(a.Statements))
	if a.Statements > 0 {
		k.wait.Observe(a.Waited.Seconds())
		k.duration.Observe(time.Since(a.First).Seconds())
	}
}
