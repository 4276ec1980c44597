package api_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/migrate"
)

// reckoner is a caller who knows the counter.
type reckoner struct{ n int }

func (reckoner) CallerID() string { return "ada" }

var anyReckoner = api.Allow("anyReckoner", func(context.Context, reckoner) error { return nil })

// With a conflict at each of its statements and at COMMIT a request is what it is
// without: what the policy sees, the parts of the handler that are undone, errors
// that keep what was written, hooks, and the response that a repetition gets.
func TestConflictsEverywhere(t *testing.T) {
	t.Parallel()
	type input struct {
		Who  reckoner
		Body struct{ Tags []string }
	}
	for name, opts := range map[string][]api.Option{
		"plain": {api.Unit()}, "in session": {api.InSession}, "serializable": {api.Unit(db.Serializable)}, "idempotent": {api.Idempotent},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dbtest.Each(t, migrations, func(t *testing.T, d *db.DB) {
				dbtest.Retry(d)
				var tries atomic.Int32
				hooks := make(chan string, 100)
				handle := func(ctx context.Context, s *db.Session, in *input, result error) (*text, error) {
					tries.Add(1)
					if !slices.Equal(in.Body.Tags, []string{"a", "b"}) {
						t.Errorf("the tags are %q", in.Body.Tags)
					}
					in.Body.Tags[0] = "changed"
					s.AfterCommit(func(context.Context) { hooks <- "outer" })
					if err := write(ctx, s, "kept"); err != nil {
						return nil, err
					}
					undone := s.Nested(ctx, func(ctx context.Context, s *db.Session) error {
						s.AfterCommit(func(context.Context) { hooks <- "inner" })
						return errors.Join(write(ctx, s, "undone"), errNope.Here())
					})
					if undone == nil {
						t.Error("Nested returned no error")
					}
					_, err := s.Exec(ctx, "UPDATE counter SET n = n + 1")
					return &text{fmt.Sprint(in.Who.n)}, errors.Join(err, result)
				}
				c := client(t, api.Config{DB: d}, nil, func(r *api.Router) {
					api.Provide(r, func(ctx context.Context, q db.Querier, _ *http.Request) (k reckoner, err error) {
						err = q.QueryRow(ctx, "SELECT n FROM counter").Scan(&k.n)
						return k, err
					})
					api.Post(r, "/ok", func(ctx context.Context, s *db.Session, in *input) (*text, error) {
						return handle(ctx, s, in, nil)
					}, anyReckoner, opts...)
					api.Post(r, "/keep", func(ctx context.Context, s *db.Session, in *input) (*text, error) {
						return handle(ctx, s, in, db.Keep(errNope.Here()))
					}, anyReckoner, opts...)
				})
				c = c.With("Idempotency-Key", "a")
				body := map[string]any{"Tags": []string{"a", "b"}}

				answer := c.Post("/ok", body).Expect(200)
				if answer.Body != "{\"text\":\"0\"}\n" {
					t.Errorf("the answer is %s", answer.Body)
				}
				if name == "idempotent" {
					if again := c.Post("/ok", body).Expect(200); again.Body != answer.Body {
						t.Errorf("the answer to a repetition is %s", again.Body)
					}
				}
				if n := tries.Load(); n < 6 {
					t.Errorf("%d attempts", n)
				}
				if !stored(t, d, "kept") || stored(t, d, "undone") {
					t.Error("the wrong notes are there")
				}
				if hook := <-hooks; hook != "outer" || len(hooks) > 0 {
					t.Errorf("the hook %s ran, and %d more", hook, len(hooks))
				}

				remove(t, d)
				c.Post("/keep", body).ExpectError(409, "notes.nope")
				if !stored(t, d, "kept") || stored(t, d, "undone") {
					t.Error("after Keep, the wrong notes are there")
				}
			}, migrate.Source{Name: "api", FS: api.Migrations()})
		})
	}
}

// remove removes all notes.
func remove(t *testing.T, d *db.DB) {
	t.Helper()
	err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
		_, err := s.Exec(ctx, "DELETE FROM notes")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
