package jobs_test

import (
	"context"
	"fmt"
	"log"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/jobs"
)

// Import is the arguments of a job with many parts.
type Import struct {
	Parts int64 `json:"parts"`
}

// Kind implements jobs.Args.
func (Import) Kind() string { return "shop.import" }

// A job that is run again goes on where it has come to.
func ExampleSetProgress() {
	ctx := context.Background()
	d, remove := database(ctx)
	defer remove()

	w := jobs.NewWorkers()
	jobs.Add(w, func(ctx context.Context, d *db.DB, job *jobs.Job[Import]) error {
		for done := job.Progress.Done; done < job.Args.Parts; done++ {
			err := d.Do(ctx, func(ctx context.Context, s *db.Session) error {
				// … the part itself, and in the same session:
				return jobs.SetProgress(ctx, s, job, jobs.Progress{Done: done + 1, Total: job.Args.Parts})
			})
			if err != nil {
				return err
			}
			if done == 1 && job.Attempt == 1 {
				return fmt.Errorf("part %d cannot be read", done+1)
			}
		}
		return d.Do(ctx, func(ctx context.Context, s *db.Session) error { return jobs.SetResult(ctx, s, job, "all is there") })
	}, jobs.Idempotent("each part is committed with the progress"))

	var id int64
	err := d.Do(ctx, func(ctx context.Context, s *db.Session) error {
		return jobs.Enqueue(ctx, s, Import{Parts: 3}, jobs.ID(&id))
	})
	if err != nil {
		log.Fatal(err)
	}
	look := func() {
		err := d.Read(ctx, func(ctx context.Context, r *db.Reader) error {
			job, err := jobs.Get(ctx, r, id)
			if err != nil {
				return err
			}
			fmt.Printf("%s: %d of %d, %d bytes\n", job.State, job.Progress.Done, job.Progress.Total, len(job.Result))
			return nil
		})
		if err != nil {
			log.Fatal(err)
		}
	}
	fmt.Println(w.RunDue(ctx, d))
	look()
	if err := d.Do(ctx, func(ctx context.Context, s *db.Session) error { return jobs.Retry(ctx, s, id) }); err != nil {
		log.Fatal(err)
	}
	fmt.Println(w.RunDue(ctx, d))
	look()
	// Output:
	// jobs: shop.import, attempt 1 of 25: part 2 cannot be read
	// failed: 2 of 3, 0 bytes
	// <nil>
	// done: 3 of 3, 14 bytes
}
