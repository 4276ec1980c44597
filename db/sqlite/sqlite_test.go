package sqlite_test

import (
	"context"
	"testing"
	"time"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/sqlite"
)

// open opens a database for the time of the test. The path may have options.
func open(t testing.TB, path string) *db.DB {
	t.Helper()
	d, err := db.Open(context.Background(), "sqlite:"+path, db.Config{}, sqlite.Engine)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := d.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	return d
}

// do runs statements in one unit of work.
func do(t testing.TB, d *db.DB, statements ...string) {
	t.Helper()
	err := d.Do(context.Background(), func(ctx context.Context, s *db.Session) error {
		for _, sql := range statements {
			if _, err := s.Exec(ctx, sql); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
