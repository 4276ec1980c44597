package tasks_test

import (
	"context"
	"errors"
	"os"
	"testing"
	"time"

	"github.com/terem-go/terem/app"
	"github.com/terem-go/terem/auth"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/jobs"
	"github.com/terem-go/terem/jobs/jobstest"

	"github.com/terem-go/terem/examples/conduit/tasks"
)

// Attempts of long ago and logins that are over are forgotten, and others are not.
func TestCleanUp(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, os.DirFS("../migrations"), func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		err := d.Do(ctx, func(ctx context.Context, s *db.Session) error {
			var problems []error
			for key, age := range map[string]time.Duration{"old": 72 * time.Hour, "new": time.Hour} {
				_, err := s.Exec(ctx, "INSERT INTO terem_throttle (key, attempts, again_at, last_at) VALUES ($1, 1, 0, $2)", key, time.Now().Add(-age).UnixMilli())
				problems = append(problems, err)
			}
			for subject, age := range map[string]time.Duration{"old": 60 * 24 * time.Hour, "new": time.Hour} {
				logins := auth.NewLogins(auth.LoginsConfig{Now: func() time.Time { return time.Now().Add(-age) }})
				_, _, err := logins.Begin(ctx, s, subject, auth.Visit{}, auth.Lifetime{})
				problems = append(problems, err)
			}
			return errors.Join(append(problems, jobs.Enqueue(ctx, s, tasks.CleanUp{}))...)
		})
		if err != nil {
			t.Fatal(err)
		}
		jobstest.Run(t, d, tasks.Workers())
		err = d.Read(ctx, func(ctx context.Context, r *db.Reader) error {
			var left string
			err := r.QueryRow(ctx, "SELECT (SELECT max(key) || count(*) FROM terem_throttle) || (SELECT max(subject) || count(*) FROM terem_logins)").Scan(&left)
			if left != "new1new1" {
				t.Errorf("left are %s, want new1new1", left)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}, jobs.Migrations(), app.Auth())
}
