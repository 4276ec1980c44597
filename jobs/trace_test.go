package jobs_test

import (
	"context"
	"log/slog"
	"testing"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/jobs"
)

// origins notes where jobs come from.
type origins chan string

func (o origins) Begin(ctx context.Context, r *jobs.Run) context.Context {
	o <- r.Trace
	return ctx
}

func (origins) End(context.Context, *jobs.Run) {}

// Every way to enqueue keeps where the job comes from, for each of its runs.
func TestTrace(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		const from = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
		var id int64
		must(t, in(t, d, func(ctx context.Context, s *db.Session) error {
			traced := jobs.WithTrace(ctx, from)
			for _, err := range []error{
				jobs.Enqueue(traced, s, Note{"plain"}),
				jobs.EnqueueMany(traced, s, []Note{{"one"}, {"two"}}),
				jobs.Enqueue(traced, s, Note{"unique"}, jobs.Unique),
				jobs.Enqueue(traced, s, Note{"numbered"}, jobs.ID(&id)),
				jobs.Enqueue(ctx, s, Note{"from nowhere"}),
			} {
				if err != nil {
					return err
				}
			}
			return nil
		}))
		w, seen := jobs.NewWorkers(), make(origins, 6)
		jobs.Add(w, writeNote)
		client, err := jobs.New(d, w, jobs.Config{Observers: []jobs.Observer{seen}, Logger: slog.New(slog.DiscardHandler)})
		must(t, err)
		must(t, client.Start(t.Context()))
		defer client.Stop(context.Background())
		got := map[string]int{}
		for range 6 {
			got[<-seen]++
		}
		if got[from] != 5 || got[""] != 1 {
			t.Errorf("jobs come from %v", got)
		}
	})
}
