package jobs_test

import (
	"context"
	crand "crypto/rand"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/db/sqlite"
	"github.com/terem-go/terem/jobs"
	"github.com/terem-go/terem/migrate"
)

// engines are both, on disks that are safe against power cuts as in production.
var engines = map[string]func(testing.TB, fs.FS, ...migrate.Source) *db.DB{
	"sqlite": func(t testing.TB, migrations fs.FS, sources ...migrate.Source) *db.DB {
		d, err := db.Open(context.Background(), strings.TrimSuffix(dbtest.SQLiteURL(t, migrations), "?synchronous=off"), db.Config{}, sqlite.Engine)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = d.Close(context.Background()) })
		return d
	},
	"postgres": dbtest.Postgres,
}

// BenchmarkLatency measures the time from the commit of a session to the start
// of its job, in a queue that is otherwise empty.
func BenchmarkLatency(b *testing.B) {
	for name, open := range engines {
		b.Run(name, func(b *testing.B) {
			d := open(b, schema)
			began := make(chan time.Time)
			w := jobs.NewWorkers()
			jobs.Add(w, func(context.Context, *db.Session, *jobs.Job[Note]) error {
				began <- time.Now()
				return nil
			})
			start(b, d, w, jobs.Config{Logger: slog.New(slog.DiscardHandler)})
			var took []time.Duration
			for b.Loop() {
				time.Sleep(rand.N(100 * time.Millisecond))
				enqueue(b, d, Note{"a"})
				committed := time.Now()
				took = append(took, (<-began).Sub(committed))
			}
			slices.Sort(took)
			b.ReportMetric(took[len(took)/2].Seconds()*1000, "p50-ms")
			b.ReportMetric(took[len(took)*95/100].Seconds()*1000, "p95-ms")
			b.ReportMetric(0, "ns/op") // mostly the pauses
		})
	}
}

// BenchmarkEnqueue measures sessions that write one row and, in one case, a job.
func BenchmarkEnqueue(b *testing.B) {
	for name, open := range engines {
		for what, f := range map[string]func(context.Context, *db.Session) error{
			"row":     func(ctx context.Context, s *db.Session) error { return note(ctx, s, crand.Text()) },
			"row+job": func(ctx context.Context, s *db.Session) error { return both(ctx, s, crand.Text()) },
		} {
			b.Run(name+"/"+what, func(b *testing.B) {
				d := open(b, schema)
				for b.Loop() {
					if err := d.Do(b.Context(), f); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// BenchmarkWork measures jobs that do nothing, from a queue that is full.
func BenchmarkWork(b *testing.B) {
	for name, open := range engines {
		for scope, add := range scopes {
			b.Run(name+"/"+scope, func(b *testing.B) { benchmarkWork(b, open(b, schema), add) })
		}
	}
}

func benchmarkWork(b *testing.B, d *db.DB, add adder) {
	for range b.N {
		enqueue(b, d, Note{"a"})
	}
	began := make(chan bool, b.N)
	w := jobs.NewWorkers()
	add(w, func(context.Context, do, *jobs.Job[Note]) error {
		began <- true
		return nil
	})
	b.ResetTimer()
	c := start(b, d, w, jobs.Config{Logger: slog.New(slog.DiscardHandler), Queues: map[string]int{"default": 100}})
	for range b.N {
		<-began
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := c.Stop(ctx); err != nil {
		b.Fatal(err)
	}
}
