package articles_test

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/terem-go/terem/api/apitest"
	"github.com/terem-go/terem/db"
)

// Whoever deletes an article takes it from the counts of its readers in the order of
// their ids, not in that in which they have marked it, so that two who delete articles
// of the same readers never wait for each other.
func TestDeletesDoNotWaitInACircle(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		if w.db.Dialect() != db.Postgres || os.Getenv("TEREM_TEST_RETRY") != "" {
			return // SQLite has one writer, and an attempt that is made twice deletes twice
		}
		author, first, second := w.join("author"), w.join("first"), w.join("second")
		slug := publish(author, "One")
		second.Post("/api/articles/"+slug+"/favorite", nil).Expect(200)
		first.Post("/api/articles/"+slug+"/favorite", nil).Expect(200)
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		lock := func(ctx context.Context, s *db.Session, name string) error {
			_, err := s.Exec(ctx, `SELECT 1 FROM article_counts WHERE kind = 'favorited'
				AND name = (SELECT CAST(id AS TEXT) FROM users WHERE username = $1) FOR UPDATE NOWAIT`, name)
			return err
		}
		deleted := make(chan *apitest.Response, 1)
		err := w.db.Do(ctx, func(ctx context.Context, s *db.Session) error {
			if err := lock(ctx, s, "first"); err != nil {
				return err
			}
			go func() { deleted <- author.Delete("/api/articles/" + slug) }()
			if err := awaited(ctx, s); err != nil {
				return err
			}
			return lock(ctx, s, "second") // which whoever waits must not have
		})
		if err != nil {
			t.Error(err)
		}
		select {
		case r := <-deleted:
			r.Expect(204)
		case <-ctx.Done():
			t.Fatal(ctx.Err())
		}
	})
}

// Whoever takes a mark away has the article before the mark, as whoever deletes the
// article does.
func TestAMarkThatGoesDoesNotStopADelete(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		if w.db.Dialect() != db.Postgres || os.Getenv("TEREM_TEST_RETRY") != "" {
			return
		}
		author, reader := w.join("author"), w.join("reader")
		path := "/api/articles/" + publish(author, "One")
		reader.Post(path+"/favorite", nil).Expect(200)
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		taken := make(chan *apitest.Response, 1)
		err := w.db.Do(ctx, func(ctx context.Context, s *db.Session) error {
			if _, err := s.Exec(ctx, "SELECT 1 FROM articles FOR UPDATE"); err != nil {
				return err
			}
			go func() { taken <- reader.Delete(path + "/favorite") }()
			if err := awaited(ctx, s); err != nil {
				return err
			}
			_, err := s.Exec(ctx, "SELECT 1 FROM favorites FOR UPDATE NOWAIT") // which whoever waits must not have
			return err
		})
		if err != nil {
			t.Error(err)
		}
		select {
		case r := <-taken:
			r.Expect(200)
		case <-ctx.Done():
			t.Fatal(ctx.Err())
		}
	})
}

// awaited returns when another session waits for this one.
func awaited(ctx context.Context, s *db.Session) error {
	for waiting := false; !waiting; {
		err := s.QueryRow(ctx, "SELECT count(*) > 0 FROM pg_locks WHERE NOT granted AND locktype = 'transactionid' AND transactionid = pg_current_xact_id()::xid").Scan(&waiting)
		if err != nil {
			return err
		}
	}
	return nil
}
