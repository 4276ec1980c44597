package api_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
)

// conflict makes the session conflict with another one and returns the error of
// its statement. On PostgreSQL another session changes what it has read. SQLite
// has one writer at a time, whose conflicts are with itself; the engine's report
// of one stands for them.
func conflict(ctx context.Context, t *testing.T, d *db.DB, s *db.Session) error {
	t.Helper()
	if d.Dialect() == db.SQLite {
		return s.Statement(ctx, "a statement", func(context.Context) error {
			return &db.Error{Class: db.Contended, Err: errors.New("database table is locked")}
		})
	}
	if err := s.QueryRow(ctx, "SELECT n FROM counter").Scan(new(int)); err != nil {
		t.Error(err)
	}
	// With a context of its own: this is somebody else.
	err := d.Do(context.WithoutCancel(t.Context()), func(ctx context.Context, s *db.Session) error {
		_, err := s.Exec(ctx, "UPDATE counter SET n = n + 100")
		return err
	})
	if err != nil {
		t.Error(err)
	}
	_, err = s.Exec(ctx, "UPDATE counter SET n = n + 1")
	return err
}

// Row 10: a session in conflict is run again, with fresh input, fresh
// dependencies and without the hooks of the failed attempt, whatever its handler
// made of the error.
func TestConflictIsTriedAgain(t *testing.T) {
	t.Parallel()
	for name, result := range map[string]func(err error) (*text, error){
		"returned":       func(err error) (*text, error) { return &text{}, err },
		"swallowed":      func(error) (*text, error) { return &text{}, nil },
		"made another":   func(error) (*text, error) { return nil, errNope.Here() },
		"marked by Keep": func(err error) (*text, error) { return nil, db.Keep(errNope.Wrap(err)) },
	} {
		for _, inSession := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, in session %t", name, inSession), func(t *testing.T) {
				t.Parallel()
				dbtest.Each(t, migrations, func(t *testing.T, d *db.DB) {
					type input struct {
						Who  caller
						Body struct{ Tags []string }
					}
					var tries, resolved atomic.Int32
					hooks := make(chan int32, 10)
					opts := []api.Option{api.Unit(db.Serializable)}
					if inSession {
						opts = append(opts, api.InSession)
					}
					c := client(t, api.Config{DB: d}, nil, func(r *api.Router) {
						api.Provide(r, func(context.Context, db.Querier, *http.Request) (caller, error) {
							return caller{fmt.Sprint("caller ", resolved.Add(1))}, nil
						})
						api.Post(r, "/x", func(ctx context.Context, s *db.Session, in *input) (*text, error) {
							n := tries.Add(1)
							if want := fmt.Sprint("caller ", n); in.Who.name != want || resolved.Load() != n {
								t.Errorf("attempt %d: %q, resolved %d times", n, in.Who.name, resolved.Load())
							}
							if got := strings.Join(in.Body.Tags, " "); got != "a b" {
								t.Errorf("attempt %d: the tags are %q", n, got)
							}
							in.Body.Tags[0] = "changed"
							s.AfterCommit(func(context.Context) { hooks <- n })
							if n == 1 {
								err := conflict(ctx, t, d, s)
								if db.ClassOf(err) != db.Contended {
									t.Errorf("there was no conflict: %v", err)
								}
								return result(err)
							}
							_, err := s.Exec(ctx, "UPDATE counter SET n = n + 1")
							return &text{fmt.Sprint(n)}, err
						}, known, opts...)
					})
					var out text
					c.Post("/x", map[string]any{"Tags": []string{"a", "b"}}).Expect(200).JSON(&out)
					if out.Text != "2" || tries.Load() != 2 {
						t.Errorf("the answer is of attempt %s of %d", out.Text, tries.Load())
					}
					if n := <-hooks; n != 2 || len(hooks) != 0 {
						t.Errorf("the hook of attempt %d ran, and %d more", n, len(hooks))
					}
				})
			})
		}
	}
}

// Row 11.
func TestConflictsWithoutEnd(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, migrations, func(t *testing.T, d *db.DB) {
		var tries atomic.Int32
		handle := func(ctx context.Context, s *db.Session, _ *nothing) (*text, error) {
			tries.Add(1)
			s.AfterCommit(func(context.Context) { t.Error("a hook ran") })
			return &text{}, conflict(ctx, t, d, s)
		}
		c := client(t, api.Config{DB: d}, nil, func(r *api.Router) {
			api.Post(r, "/three", handle, api.Public, api.Unit(db.Serializable))
			api.Post(r, "/five", handle, api.Public, api.Unit(db.Serializable, db.Attempts(5)), api.OperationID("five"))
		})
		for path, want := range map[string]int32{"/three": 3, "/five": 5} {
			tries.Store(0)
			r := c.Post(path, nil).ExpectError(503, "db.contended")
			if n := tries.Load(); n != want || r.Header.Get("Retry-After") != "1" {
				t.Errorf("%s: %d attempts, header %v", path, n, r.Header)
			}
		}
	})
}

// A policy that no longer lets the caller through at the second attempt.
func TestPolicyChangesItsMind(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, migrations, func(t *testing.T, d *db.DB) {
		var resolved, tries atomic.Int32
		c := client(t, api.Config{DB: d}, nil, func(r *api.Router) {
			api.Provide(r, func(context.Context, db.Querier, *http.Request) (caller, error) {
				if resolved.Add(1) > 1 {
					return caller{}, errStranger.Here()
				}
				return caller{"once"}, nil
			})
			api.Post(r, "/x", func(ctx context.Context, s *db.Session, _ *nothing) (*text, error) {
				tries.Add(1)
				return &text{}, conflict(ctx, t, d, s)
			}, known, api.Unit(db.Serializable))
		})
		c.Post("/x", nil).ExpectError(401, "stranger")
		if tries.Load() != 1 {
			t.Errorf("%d attempts", tries.Load())
		}
	})
}
