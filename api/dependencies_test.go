package api_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
)

// Dependencies are resolved once for the policy and all fields, on a reader
// that has ended when the session begins; with InSession on the session itself.
func TestDependencies(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, migrations, func(t *testing.T, d *db.DB) {
		var resolved atomic.Int32
		var on db.Querier
		type input struct{ First, Second caller }
		answer := func(ctx context.Context, in *input) (*text, error) {
			_, err := has(ctx, on, "x")
			return &text{fmt.Sprint(in.First.name, in.Second.name, ", ended: ", errors.Is(err, db.ErrEnded))}, nil
		}
		provide := func(ctx context.Context, q db.Querier, r *http.Request) (caller, error) {
			on = q
			_, err := has(ctx, q, "x")
			return caller{fmt.Sprint(r.Header.Get("X-Caller"), resolved.Add(1))}, err
		}
		var boss = api.Allow("named", func(_ context.Context, c caller) error {
			if c.name == "1" {
				return errNope.Here()
			}
			return nil
		})
		c := client(t, api.Config{DB: d}, nil, func(r *api.Router) {
			api.Provide(r, provide)
			api.Post(r, "/session", func(ctx context.Context, s *db.Session, in *input) (*text, error) { return answer(ctx, in) }, boss)
			api.Get(r, "/reader", func(ctx context.Context, r *db.Reader, in *input) (*text, error) { return answer(ctx, in) }, boss)
			api.Get(r, "/none", func(ctx context.Context, _ api.None, in *input) (*text, error) { return answer(ctx, in) }, boss)
			api.Get(r, "/db", func(ctx context.Context, _ *db.DB, in *input) (*text, error) { return answer(ctx, in) }, boss)
			api.Post(r, "/in-session", func(ctx context.Context, s *db.Session, in *input) (*text, error) { return answer(ctx, in) }, boss, api.InSession)
			api.Get(r, "/in-reader", func(ctx context.Context, r *db.Reader, in *input) (*text, error) { return answer(ctx, in) }, boss, api.InSession)
		})
		for path, want := range map[string]string{
			"/session": "a1a1, ended: true", "/reader": "a1a1, ended: true", "/none": "a1a1, ended: true", "/db": "a1a1, ended: true",
			"/in-session": "a1a1, ended: false", "/in-reader": "a1a1, ended: false",
		} {
			method := "GET"
			if strings.HasSuffix(path, "session") {
				method = "POST"
			}
			resolved.Store(0)
			var out text
			c.With("X-Caller", "a").Do(method, path, nil).Expect(200).JSON(&out)
			if out.Text != want {
				t.Errorf("%s: %q, want %q", path, out.Text, want)
			}
			resolved.Store(0)
			c.Do(method, path, nil).ExpectError(409, "notes.nope")
		}
	})
}

// With InSession the policy reads what the session reads, and its refusal rolls
// back nothing that others wrote.
func TestInSessionIsOneTransaction(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, migrations, func(t *testing.T, d *db.DB) {
		c := client(t, api.Config{DB: d}, nil, func(r *api.Router) {
			api.Provide(r, func(ctx context.Context, q db.Querier, r *http.Request) (caller, error) {
				var n int
				err := q.QueryRow(ctx, "SELECT n FROM counter").Scan(&n)
				return caller{fmt.Sprint(n)}, err
			})
			api.Post(r, "/x", func(ctx context.Context, s *db.Session, in *struct{ Who caller }) (*text, error) {
				_, err := s.Exec(ctx, "UPDATE counter SET n = n + 1")
				return &text{in.Who.name}, err
			}, known, api.InSession, api.Unit(db.Serializable, db.Attempts(100)))
		})
		var wg sync.WaitGroup
		var mu sync.Mutex
		seen := map[string]int{}
		for range 12 {
			wg.Go(func() {
				r := c.Post("/x", nil)
				mu.Lock()
				defer mu.Unlock()
				seen[r.Body]++
			})
		}
		wg.Wait()
		if len(seen) != 12 { // each saw another number
			t.Errorf("%d of 12 saw a number of their own: %v", len(seen), seen)
		}
	})
}
