package jobs_test

import (
	"context"
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
	dir, err := os.MkdirTemp("", "shop")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)

	ctx := context.Background()
	d, err := db.Open(ctx, "sqlite:"+filepath.Join(dir, "shop.db"), db.Config{}, sqlite.Engine)
	if err != nil {
		log.Fatal(err)
	}
	defer d.Close(ctx)

	// The queue's tables are migrated with the application's own.
	files := fstest.MapFS{
		"sqlite/00001_users.sql": {Data: []byte("-- +goose Up\nCREATE TABLE users (email TEXT NOT NULL UNIQUE);")},
	}
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
