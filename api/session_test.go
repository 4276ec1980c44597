package api_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/errs"
)

// migrations make a table of notes, whose bodies are unique, one of replies,
// whose notes are looked for at COMMIT, and one counter.
var migrations = func() fstest.MapFS {
	f := &fstest.MapFile{Data: []byte(`-- +goose Up
CREATE TABLE notes (body TEXT PRIMARY KEY);
CREATE TABLE replies (note TEXT NOT NULL REFERENCES notes (body) DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE counter (n INTEGER NOT NULL);
INSERT INTO counter VALUES (0);
`)}
	return fstest.MapFS{"sqlite/1_notes.sql": f, "postgres/1_notes.sql": f}
}()

// note is the input of routes that write a note.
type note struct {
	Note string `path:"note"`
}

func write(ctx context.Context, s db.Execer, body string) error {
	_, err := s.Exec(ctx, "INSERT INTO notes (body) VALUES ($1)", body)
	return err
}

func has(ctx context.Context, q db.Querier, body string) (bool, error) {
	var n int
	err := q.QueryRow(ctx, "SELECT count(*) FROM notes WHERE body = $1", body).Scan(&n)
	return n == 1, err
}

// stored reports whether a note is there, as a unit of its own sees it.
func stored(t *testing.T, d *db.DB, body string) (found bool) {
	t.Helper()
	err := d.Read(context.WithoutCancel(t.Context()), func(ctx context.Context, r *db.Reader) (err error) {
		found, err = has(ctx, r, body)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// holdWriter holds a session that has written, until the test or what is
// returned ends it. Meanwhile no other session can write on SQLite, nor the same
// row on PostgreSQL.
func holdWriter(t *testing.T, d *db.DB) (release func()) {
	t.Helper()
	held, end, done := make(chan struct{}), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		err := d.Do(context.WithoutCancel(t.Context()), func(ctx context.Context, s *db.Session) error {
			_, err := s.Exec(ctx, "UPDATE counter SET n = n")
			close(held)
			<-end
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}()
	<-held
	release = sync.OnceFunc(func() { close(end); <-done })
	t.Cleanup(release)
	return release
}

var errNope = errs.New(errs.Conflict, "notes.nope", "Not this one.")

// TestOutcomes is about rows 1, 3, 4, 5, 6 and 9 of the session's table, and a
// response that cannot be encoded: what the client gets, what stays, what is
// logged and which hooks run.
func TestOutcomes(t *testing.T) {
	t.Parallel()
	type out struct{ F any }
	for name, c := range map[string]struct {
		f      func(ctx context.Context, s *db.Session, note string) (*out, error)
		status int
		code   string
		stays  bool
		logged string
	}{
		"success": {func(context.Context, *db.Session, string) (*out, error) { return &out{}, nil }, 200, "", true, ""},
		"a declared error": {func(context.Context, *db.Session, string) (*out, error) {
			return nil, errNope.Here()
		}, 409, "notes.nope", false, `"code":"notes.nope"`},
		"an output and an error": {func(context.Context, *db.Session, string) (*out, error) {
			return &out{}, errNope.Here()
		}, 409, "notes.nope", false, ""},
		"an unknown error": {func(context.Context, *db.Session, string) (*out, error) {
			return nil, errors.New("no such host: db.internal")
		}, 500, "internal", false, "no such host: db.internal"},
		"Keep": {func(context.Context, *db.Session, string) (*out, error) {
			return nil, db.Keep(errNope.Here())
		}, 409, "notes.nope", true, ""},
		"a failed statement": {func(ctx context.Context, s *db.Session, note string) (*out, error) {
			return nil, write(ctx, s, note)
		}, 409, "db.unique", false, `"code":"db.unique"`},
		"a failed statement, swallowed": {func(ctx context.Context, s *db.Session, note string) (*out, error) {
			_ = write(ctx, s, note)
			return &out{}, nil
		}, 500, "internal", false, "a statement failed and its error was not returned"},
		"a failed statement, swallowed, and an error": {func(ctx context.Context, s *db.Session, note string) (*out, error) {
			_ = write(ctx, s, note)
			return nil, errNope.Here()
		}, 409, "notes.nope", false, ""},
		"a failed statement, swallowed, and Keep": {func(ctx context.Context, s *db.Session, note string) (*out, error) {
			_ = write(ctx, s, note)
			return nil, db.Keep(errNope.Here())
		}, 500, "internal", false, ""},
		"panic": {func(context.Context, *db.Session, string) (*out, error) { panic("boom") }, 500, "internal", false, "session_test.go"},
		"Goexit": {func(context.Context, *db.Session, string) (*out, error) {
			runtime.Goexit()
			return nil, nil
		}, 500, "internal", false, "session_test.go"},
		"no output": {func(context.Context, *db.Session, string) (*out, error) { return nil, nil }, 500, "internal", false, "neither an output nor an error"},
		"an output that cannot be encoded": {func(context.Context, *db.Session, string) (*out, error) {
			return &out{func() {}}, nil
		}, 500, "internal", false, "encoding the output"},
		"an output that cannot be encoded, after Nested": {func(ctx context.Context, s *db.Session, note string) (*out, error) {
			return &out{func() {}}, s.Nested(ctx, func(ctx context.Context, s *db.Session) error { return write(ctx, s, note+" inside") })
		}, 500, "internal", false, "encoding the output"},
		"a constraint that fails at COMMIT": {func(ctx context.Context, s *db.Session, note string) (*out, error) {
			_, err := s.Exec(ctx, "INSERT INTO replies (note) VALUES ('none')")
			return &out{}, err
		}, 409, "db.reference", false, ""},
		"Nested succeeds": {func(ctx context.Context, s *db.Session, note string) (*out, error) {
			return &out{}, s.Nested(ctx, func(ctx context.Context, s *db.Session) error { return write(ctx, s, note+" inside") })
		}, 200, "", true, ""},
		"Nested fails and is handled": {func(ctx context.Context, s *db.Session, note string) (*out, error) {
			err := s.Nested(ctx, func(ctx context.Context, s *db.Session) error {
				s.AfterCommit(func(context.Context) { panic("a hook of what was undone ran") })
				return write(ctx, s, note)
			})
			if db.ClassOf(err) != db.Unique {
				return nil, fmt.Errorf("not the cause: %w", err)
			}
			return &out{}, nil
		}, 200, "", true, ""},
		"Goexit in Nested": {func(ctx context.Context, s *db.Session, note string) (*out, error) {
			return nil, s.Nested(ctx, func(context.Context, *db.Session) error { runtime.Goexit(); return nil })
		}, 500, "internal", false, "session_test.go"},
		"a panic in Nested": {func(ctx context.Context, s *db.Session, note string) (*out, error) {
			return nil, s.Nested(ctx, func(context.Context, *db.Session) error { panic("boom") })
		}, 500, "internal", false, "boom"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dbtest.Each(t, migrations, func(t *testing.T, d *db.DB) {
				l := new(logs)
				var hooks atomic.Int32
				s := server(t, handler(t, api.Config{DB: d}, l, func(r *api.Router) {
					api.Post(r, "/notes/{note}", func(ctx context.Context, s *db.Session, in *note) (*out, error) {
						s.AfterCommit(func(context.Context) { hooks.Add(1) })
						if err := write(ctx, s, in.Note); err != nil {
							return nil, err
						}
						return c.f(ctx, s, in.Note)
					}, api.Public)
				}))
				resp, body := send(t, request(t, "POST", s.URL+"/notes/mine", nil))
				if resp.StatusCode != c.status || c.code != "" && !strings.Contains(body, `"code":"`+c.code+`"`) {
					t.Errorf("%d %s, want %d %s", resp.StatusCode, body, c.status, c.code)
				}
				if got := stored(t, d, "mine"); got != c.stays {
					t.Errorf("the note is there: %v, want %v", got, c.stays)
				}
				l.wait(t, `"msg":"request"`)
				if !strings.Contains(l.String(), c.logged) {
					t.Errorf("the log has no %q: %s", c.logged, l)
				}
				if c.logged != "" && !strings.Contains(l.String(), `"route":"POST /notes/{note}","handler":"api_test.TestOutcomes`) {
					t.Errorf("the log does not name the route: %s", l)
				}
				if c.stays {
					eventually(t, "the hook ran", func() bool { return hooks.Load() == 1 })
				} else if n := hooks.Load(); n != 0 {
					t.Errorf("%d hooks ran", n)
				}
				// The server and its connections go on.
				if resp, body := send(t, request(t, "POST", s.URL+"/notes/mine", nil)); resp.StatusCode >= 500 && c.status < 500 {
					t.Errorf("afterwards: %d %s", resp.StatusCode, body)
				}
			})
		})
	}
}

// Row 1: what a 2xx has acknowledged is there for whoever asks next.
func TestReadYourWrites(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, migrations, func(t *testing.T, d *db.DB) {
		s := server(t, handler(t, api.Config{DB: d}, nil, func(r *api.Router) {
			api.Post(r, "/notes/{note}", func(ctx context.Context, s *db.Session, in *note) (*api.Empty, error) {
				return nil, write(ctx, s, in.Note)
			}, api.Public)
			api.Get(r, "/notes/{note}", func(ctx context.Context, r *db.Reader, in *note) (*api.Empty, error) {
				found, err := has(ctx, r, in.Note)
				if err == nil && !found {
					err = errs.New(errs.NotFound, "notes.none", "There is no such note.")
				}
				return nil, err
			}, api.Public, api.OperationID("get"))
		}))
		var wg sync.WaitGroup
		for i := range 8 {
			wg.Go(func() {
				for j := range 10 {
					url := fmt.Sprintf("%s/notes/%d-%d", s.URL, i, j)
					for _, method := range []string{"POST", "GET"} {
						r, err := http.NewRequestWithContext(t.Context(), method, url, nil)
						if err != nil {
							t.Error(err)
							return
						}
						resp, err := http.DefaultClient.Do(r)
						if err != nil {
							t.Error(err)
							return
						}
						resp.Body.Close()
						if resp.StatusCode != 204 {
							t.Errorf("%s %s: %d", method, url, resp.StatusCode)
						}
					}
				}
			})
		}
		wg.Wait()
	})
}

// Row 2, and why policies have a reader of their own: neither waits for the
// writer that another session holds.
func TestWhatNeedsNoWriterDoesNotWaitForIt(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, migrations, func(t *testing.T, d *db.DB) {
		c := client(t, api.Config{DB: d}, nil, func(r *api.Router) {
			api.Provide(r, func(ctx context.Context, q db.Querier, r *http.Request) (caller, error) {
				if found, err := has(ctx, q, r.Header.Get("X-Caller")); err != nil || !found {
					return caller{}, errors.Join(err, errStranger.Here())
				}
				return caller{r.Header.Get("X-Caller")}, nil
			})
			api.Post(r, "/unused", func(context.Context, *db.Session, *nothing) (*api.Empty, error) { return nil, nil }, api.Public)
			api.Post(r, "/known", func(ctx context.Context, s *db.Session, _ *nothing) (*api.Empty, error) {
				_, err := s.Exec(ctx, "UPDATE counter SET n = n + 1")
				return nil, err
			}, known)
		})
		release := holdWriter(t, d)
		start := time.Now()
		c.Post("/unused", nil).Expect(204)
		c.Post("/known", nil).ExpectError(401, "stranger")
		if took := time.Since(start); took > 900*time.Millisecond {
			t.Errorf("they took %v", took)
		}
		release()
	})
}

// Row 16: a streaming handler has the database, and no unit is open while the
// client takes its time.
func TestStreamingHasTheDatabase(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, migrations, func(t *testing.T, d *db.DB) {
		c := client(t, api.Config{DB: d}, nil, func(r *api.Router) {
			api.Get(r, "/export", func(ctx context.Context, d *db.DB, _ *nothing) (*api.Download, error) {
				var n int
				err := d.Read(ctx, func(ctx context.Context, r *db.Reader) error {
					return r.QueryRow(ctx, "SELECT count(*) FROM counter").Scan(&n)
				})
				return &api.Download{Body: strings.NewReader(fmt.Sprint(n))}, err
			}, api.Public)
			// A GET that writes, which a session could not.
			api.Get(r, "/visit", func(ctx context.Context, d *db.DB, _ *nothing) (*api.Empty, error) {
				return nil, d.Do(ctx, func(ctx context.Context, s *db.Session) error { return write(ctx, s, "visit") })
			}, api.Public)
			api.Post(r, "/inside", func(ctx context.Context, s *db.Session, _ *nothing) (*api.Empty, error) {
				return nil, d.Do(ctx, func(context.Context, *db.Session) error { return nil })
			}, api.Public)
		})
		if r := c.Get("/export").Expect(200); r.Body != "1" {
			t.Errorf("body %q", r.Body)
		}
		c.Get("/visit").Expect(204)
		if !stored(t, d, "visit") {
			t.Error("the visit is not there")
		}
		c.Post("/inside", nil).ExpectError(500, "internal") // row 22
	})
}
