package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"os"
	"path/filepath"
	"testing/fstest"
	"time"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/sqlite"
	"github.com/terem-go/terem/jobs"
	"github.com/terem-go/terem/migrate"
)

// Welcome is the arguments of a job.
type Welcome struct {
	Email string `json:"email"`
}

// Kind implements jobs.Args.
func (Welcome) Kind() string { return "users.welcome" }

func Example() {
	ctx := context.Background()
	d, remove := database(ctx)
	defer remove()

	done := make(chan bool)
	w := jobs.NewWorkers()
	jobs.Add(w, func(ctx context.Context, d *db.DB, job *jobs.Job[Welcome]) error {
		fmt.Println("Welcome,", job.Args.Email)
		done <- true
		return nil
	}, jobs.Idempotent("a second welcome is as welcome"))
	client, err := jobs.New(d, w, jobs.Config{})
	if err != nil {
		log.Fatal(err)
	}
	if err := client.Start(ctx); err != nil {
		log.Fatal(err)
	}

	register := func(ctx context.Context, s *db.Session) error {
		if err := jobs.Enqueue(ctx, s, Welcome{"ada@example.com"}); err != nil {
			return err
		}
		_, err := s.Exec(ctx, "INSERT INTO users (email) VALUES ($1)", "ada@example.com")
		return err
	}
	fmt.Println("registered:", d.Do(ctx, register) == nil)
	<-done
	fmt.Println("registered again:", d.Do(ctx, register) == nil) // and no second mail

	stopping, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	if err := client.Stop(stopping); err != nil {
		log.Fatal(err)
	}
	// Unordered output:
	// registered: true
	// Welcome, ada@example.com
	// registered again: false
}

// Transfer is the arguments of a job.
type Transfer struct {
	Points int `json:"points"`
}

// Kind implements jobs.Args.
func (Transfer) Kind() string { return "points.transfer" }

// A worker that takes a session: what it writes happens once.
func ExampleAdd() {
	ctx := context.Background()
	d, remove := database(ctx)
	defer remove()

	w := jobs.NewWorkers()
	jobs.Add(w, func(ctx context.Context, s *db.Session, job *jobs.Job[Transfer]) error {
		_, err := s.Exec(ctx, "UPDATE balance SET points = points + $1", job.Args.Points)
		return err
	})
	err := d.Do(ctx, func(ctx context.Context, s *db.Session) error {
		return jobs.EnqueueMany(ctx, s, []Transfer{{10}, {5}})
	})
	if err != nil {
		log.Fatal(err)
	}
	if err := w.RunDue(ctx, d); err != nil {
		log.Fatal(err)
	}
	fmt.Println(balance(ctx, d))
	// Output: 15
}

// A worker that calls the outside between two units of work. When a run ends
// behind the call, the next one calls again, and the second unit happens once.
func ExampleOnce() {
	ctx := context.Background()
	d, remove := database(ctx)
	defer remove()

	w := jobs.NewWorkers()
	jobs.Add(w, func(ctx context.Context, d *db.DB, job *jobs.Job[Transfer]) error {
		fmt.Printf("asking the bank for transfer-%d\n", job.ID)
		err := d.Do(ctx, func(ctx context.Context, s *db.Session) error {
			todo, err := jobs.Once(ctx, s, job, "credited")
			if err != nil || !todo {
				return err
			}
			_, err = s.Exec(ctx, "UPDATE balance SET points = points + $1", job.Args.Points)
			return err
		})
		if err == nil && job.Attempt == 1 {
			err = errors.New("the process is killed here")
		}
		return err
	}, jobs.Idempotent("the bank knows a transfer by its number, and it is credited once"))
	err := d.Do(ctx, func(ctx context.Context, s *db.Session) error { return jobs.Enqueue(ctx, s, Transfer{10}) })
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(w.RunDue(ctx, d))
	err = d.Do(ctx, func(ctx context.Context, s *db.Session) error { return jobs.Retry(ctx, s, 1) })
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(w.RunDue(ctx, d))
	fmt.Println(balance(ctx, d))
	// Output:
	// asking the bank for transfer-1
	// jobs: points.transfer, attempt 1 of 25: the process is killed here
	// asking the bank for transfer-1
	// <nil>
	// 10
}

func balance(ctx context.Context, d *db.DB) (points int) {
	err := d.Read(ctx, func(ctx context.Context, r *db.Reader) error {
		return r.QueryRow(ctx, "SELECT points FROM balance").Scan(&points)
	})
	if err != nil {
		log.Fatal(err)
	}
	return points
}

// database returns a new database. The queue's tables are migrated with the
// application's own.
func database(ctx context.Context) (*db.DB, func()) {
	dir, err := os.MkdirTemp("", "shop")
	if err != nil {
		log.Fatal(err)
	}
	d, err := db.Open(ctx, "sqlite:"+filepath.Join(dir, "shop.db"), db.Config{}, sqlite.Engine)
	if err != nil {
		log.Fatal(err)
	}
	files := fstest.MapFS{"sqlite/00001_shop.sql": {Data: []byte(`-- +goose Up
CREATE TABLE users (email TEXT NOT NULL UNIQUE);
CREATE TABLE balance (points INTEGER NOT NULL);
INSERT INTO balance VALUES (0);
`)}}
	m, err := migrate.New(d, files, migrate.Config{
		Logger:  slog.New(slog.DiscardHandler),
		Sources: []migrate.Source{jobs.Migrations()},
	})
	if err != nil {
		log.Fatal(err)
	}
	if _, err := m.Up(ctx); err != nil {
		log.Fatal(err)
	}
	return d, func() {
		_ = d.Close(ctx)
		_ = os.RemoveAll(dir)
	}
}
