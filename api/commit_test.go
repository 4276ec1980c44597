package api_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
)

// Row 18: the client has the whole answer before a hook ends, and hooks begin
// after the answer was sent.
func TestHooksRunAfterTheAnswer(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status int
		keep   bool
	}{"204": {status: 204}, "200": {status: 200}, "an error that is kept": {status: 409, keep: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dbtest.Each(t, migrations, func(t *testing.T, d *db.DB) {
				l := new(logs)
				release := make(chan struct{})
				var order sentFirst
				ran := make(chan string, 2)
				hooks := func(ctx context.Context, s *db.Session) error {
					s.AfterCommit(func(ctx context.Context) {
						ran <- fmt.Sprint("sent: ", order.sent.Load(), ", id: ", api.RequestID(ctx) != "", ", ctx: ", ctx.Err())
						<-release
						panic("in a hook")
					})
					s.AfterCommit(func(context.Context) { ran <- "second" })
					if err := write(ctx, s, "hooked"); err != nil || !c.keep {
						return err
					}
					return db.Keep(errNope.Here())
				}
				h := handler(t, api.Config{DB: d}, l, func(r *api.Router) {
					if c.status == 204 {
						api.Post(r, "/x", func(ctx context.Context, s *db.Session, _ *nothing) (*api.Empty, error) {
							return nil, hooks(ctx, s)
						}, api.Public)
						return
					}
					api.Post(r, "/x", func(ctx context.Context, s *db.Session, _ *nothing) (*text, error) {
						return &text{}, hooks(ctx, s)
					}, api.Public)
				})
				s := server(t, order.watch(h))
				if resp, body := send(t, request(t, "POST", s.URL+"/x", nil)); resp.StatusCode != c.status {
					t.Errorf("%d %s", resp.StatusCode, body)
				}
				if got := <-ran; got != "sent: true, id: true, ctx: <nil>" {
					t.Errorf("in the hook: %s", got)
				}
				close(release)
				if got := <-ran; got != "second" { // a panic goes no further
					t.Errorf("then: %s", got)
				}
			})
		})
	}
}

// sentFirst notes when an answer was flushed to the connection.
type sentFirst struct{ sent atomic.Bool }

func (f *sentFirst) watch(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(flushNoted{w, f}, r)
	})
}

type flushNoted struct {
	http.ResponseWriter
	f *sentFirst
}

func (w flushNoted) Flush() {
	w.ResponseWriter.(http.Flusher).Flush()
	w.f.sent.Store(true)
}

// Row 14: the request's deadline ends a statement, and the connection is kept.
func TestDeadlineOfAStatement(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, migrations, func(t *testing.T, d *db.DB) {
		// Which would take a minute. SQLite ends a reader's, but not a session's.
		slow := "SELECT count(*) FROM pg_sleep(60)"
		if d.Dialect() == db.SQLite {
			slow = "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t LIMIT 100000000) SELECT count(*) FROM t"
		}
		run := func(ctx context.Context, q db.Querier) (*api.Empty, error) {
			if _, isSession := q.(*db.Session); isSession && d.Dialect() == db.SQLite {
				<-ctx.Done()
			}
			return nil, q.QueryRow(ctx, slow).Scan(new(int))
		}
		c := client(t, api.Config{DB: d, Timeout: 50 * time.Millisecond}, nil, func(r *api.Router) {
			api.Get(r, "/read", func(ctx context.Context, r *db.Reader, _ *nothing) (*api.Empty, error) { return run(ctx, r) }, api.Public)
			api.Post(r, "/write", func(ctx context.Context, s *db.Session, _ *nothing) (*api.Empty, error) {
				if err := write(ctx, s, "late"); err != nil {
					return nil, err
				}
				return run(ctx, s)
			}, api.Public)
			api.Post(r, "/unit", func(ctx context.Context, s *db.Session, _ *nothing) (*api.Empty, error) { return run(ctx, s) },
				api.Public, api.Timeout(time.Hour), api.Unit(db.Timeout(50*time.Millisecond)))
		})
		start := time.Now()
		c.Get("/read").ExpectError(504, "timeout")
		c.Post("/write", nil).ExpectError(504, "timeout")
		c.Post("/unit", nil).ExpectError(504, "timeout")
		if took := time.Since(start); took > 40*time.Second {
			t.Errorf("they took %v", took)
		}
		if stored(t, d, "late") {
			t.Error("what was written before the deadline stayed")
		}
	})
}

// Row 20: the database refuses SQL that writes through a reader.
func TestAReaderCannotWrite(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, migrations, func(t *testing.T, d *db.DB) {
		l := new(logs)
		c := client(t, api.Config{DB: d}, l, func(r *api.Router) {
			api.Get(r, "/x", func(ctx context.Context, r *db.Reader, _ *nothing) (*api.Empty, error) {
				return nil, r.QueryRow(ctx, "INSERT INTO notes (body) VALUES ('sly') RETURNING body").Scan(new(string))
			}, api.Public)
		})
		c.Get("/x").ExpectError(500, "internal")
		if !strings.Contains(l.String(), `"route":"GET /x"`) {
			t.Errorf("the log does not name the route: %s", l)
		}
		if stored(t, d, "sly") {
			t.Error("it wrote")
		}
	})
}

// Row 17: a session that outlives its request.
func TestASessionThatOutlivesItsRequest(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, migrations, func(t *testing.T, d *db.DB) {
		var kept *db.Session
		c := client(t, api.Config{DB: d}, nil, func(r *api.Router) {
			api.Post(r, "/x", func(ctx context.Context, s *db.Session, _ *nothing) (*api.Empty, error) {
				kept = s
				return nil, write(ctx, s, "in time")
			}, api.Public)
		})
		c.Post("/x", nil).Expect(204)
		if err := write(t.Context(), kept, "late"); !errors.Is(err, db.ErrEnded) {
			t.Errorf("error %v", err)
		}
		if stored(t, d, "late") {
			t.Error("it was written")
		}
	})
}

// Row 7: whoever has gone before COMMIT has changed nothing. Row 8: after that
// everything is done, hooks too.
func TestClientGoneAroundCommit(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, migrations, func(t *testing.T, d *db.DB) {
		l := new(logs)
		running, hooked := make(chan struct{}), make(chan struct{})
		s := server(t, handler(t, api.Config{DB: d}, l, func(r *api.Router) {
			api.Post(r, "/before", func(ctx context.Context, s *db.Session, _ *nothing) (*text, error) {
				s.AfterCommit(func(context.Context) { t.Error("a hook ran") })
				if err := write(ctx, s, "before"); err != nil {
					return nil, err
				}
				close(running)
				<-ctx.Done()
				return &text{}, nil // it has not noticed
			}, api.Public)
		}))
		c := dial(t, s)
		fmt.Fprintf(c, "POST /before HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}")
		<-running
		c.Close()
		l.wait(t, `"status":499`)
		if stored(t, d, "before") {
			t.Error("what was written before COMMIT stayed")
		}

		gone, cancel := context.WithCancel(t.Context())
		h := handler(t, api.Config{DB: d}, nil, func(r *api.Router) {
			api.Post(r, "/after", func(ctx context.Context, s *db.Session, _ *nothing) (*text, error) {
				s.AfterCommit(func(ctx context.Context) {
					if ctx.Err() == nil {
						close(hooked)
					}
				})
				return &text{}, write(ctx, s, "after")
			}, api.Public)
		})
		// The client goes while the answer is written: after COMMIT.
		r := request(t, "POST", "/after", nil).WithContext(gone)
		r.RemoteAddr = "192.0.2.1:1"
		h.ServeHTTP(&leaving{header: http.Header{}, leave: cancel}, r)
		if !stored(t, d, "after") {
			t.Error("what was committed is not there")
		}
		select {
		case <-hooked:
		case <-time.After(10 * time.Second):
			t.Error("the hook did not run")
		}
	})
}

// leaving is the connection of a client that goes away at the first byte.
type leaving struct {
	header http.Header
	leave  func()
}

func (l *leaving) Header() http.Header { return l.header }
func (l *leaving) WriteHeader(int)     { l.leave() }
func (l *leaving) Write([]byte) (int, error) {
	return 0, errors.New("broken pipe")
}
