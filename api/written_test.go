package api_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/api/apitest"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/db/postgres"
	"github.com/terem-go/terem/internal/pgserver"
	"github.com/terem-go/terem/internal/processtest"
)

// followed is a database with a standby, which tests hold back.
type followed struct {
	*db.DB
	primary, standby *pgserver.Server
	control          *pgx.Conn // to the standby
}

func newFollowed(t *testing.T) *followed {
	t.Helper()
	f := &followed{}
	f.primary = processtest.Postgres(t, pgserver.Options{})
	f.standby = processtest.Postgres(t, pgserver.Options{StandbyOf: f.primary})
	var err error
	f.DB, err = db.Open(t.Context(), f.primary.URL("postgres"), db.Config{
		Logger: slog.New(slog.DiscardHandler), Replicas: []string{f.standby.URL("postgres")}}, postgres.Engine)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close(context.Background()) })
	if f.control, err = pgx.Connect(t.Context(), f.standby.URL("postgres")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.control.Close(context.Background()) })
	err = f.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
		_, err := s.Exec(ctx, "CREATE TABLE notes (body text)")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	f.ask(t, "the standby has the table", "SELECT to_regclass('notes') IS NOT NULL")
	return f
}

// ask waits until the standby says so.
func (f *followed) ask(t *testing.T, what, sql string) {
	t.Helper()
	eventually(t, what, func() (ok bool) {
		err := f.control.QueryRow(t.Context(), sql).Scan(&ok)
		return err == nil && ok
	})
}

func (f *followed) pause(t *testing.T) {
	t.Helper()
	if _, err := f.control.Exec(t.Context(), "SELECT pg_wal_replay_pause()"); err != nil {
		t.Fatal(err)
	}
	f.ask(t, "replay is paused", "SELECT pg_get_wal_replay_pause_state() = 'paused'")
}

func (f *followed) resume(t *testing.T) {
	t.Helper()
	if _, err := f.control.Exec(t.Context(), "SELECT pg_wal_replay_resume()"); err != nil {
		t.Fatal(err)
	}
}

// seen is what a route's reads have seen: how many notes, and whether on the
// standby, in the handler and in its dependency.
type seen struct {
	Notes    int  `json:"notes"`
	Standby  bool `json:"standby"`
	Resolved bool `json:"resolved"`
}

type place struct{ standby bool }

func look(ctx context.Context, q db.Querier) (s seen, err error) {
	err = q.QueryRow(ctx, "SELECT count(*), pg_is_in_recovery() FROM notes").Scan(&s.Notes, &s.Standby)
	return s, err
}

type placeInput struct{ Place place }

var tokenKey = []byte(strings.Repeat("k", 32))

// client returns a client of routes on the database.
func (f *followed) client(t *testing.T, c api.Config) *apitest.Client {
	c.DB = f.DB
	if c.Key == nil {
		c.Key = tokenKey
	}
	return client(t, c, nil, f.routes)
}

func (f *followed) routes(r *api.Router) {
	api.Provide(r, func(ctx context.Context, q db.Querier, _ *http.Request) (place, error) {
		s, err := look(ctx, q)
		return place{s.Standby}, err
	})
	read := func(ctx context.Context, r *db.Reader, in *placeInput) (*seen, error) {
		s, err := look(ctx, r)
		s.Resolved = in.Place.standby
		return &s, err
	}
	write := func(ctx context.Context, s *db.Session) error {
		_, err := s.Exec(ctx, "INSERT INTO notes VALUES ('a')")
		return err
	}
	api.Get(r, "/notes", read, api.Public)
	api.Get(r, "/waiting", read, api.Public, api.Unit(db.Replica), api.OperationID("waiting"))
	api.Get(r, "/primary", read, api.Public, api.Unit(db.Primary), api.OperationID("primary"))
	api.Get(r, "/both", func(ctx context.Context, d *db.DB, in *placeInput) (*seen, error) {
		s := seen{}
		err := d.Read(ctx, func(ctx context.Context, r *db.Reader) (err error) {
			s, err = look(ctx, r)
			return err
		})
		s.Resolved = in.Place.standby
		return &s, err
	}, api.Public, api.OperationID("both"))
	api.Post(r, "/notes", func(ctx context.Context, s *db.Session, in *placeInput) (*seen, error) {
		return &seen{Resolved: in.Place.standby}, write(ctx, s)
	}, api.Public, api.OperationID("write"))
	api.Post(r, "/both", func(ctx context.Context, d *db.DB, in *placeInput) (*seen, error) {
		s := seen{}
		err := d.Do(ctx, write)
		if err == nil {
			err = d.Read(ctx, func(ctx context.Context, r *db.Reader) (err error) {
				s, err = look(ctx, r)
				return err
			})
		}
		s.Resolved = in.Place.standby
		return &s, err
	}, api.Public, api.OperationID("doAndRead"))
	api.Post(r, "/look", func(ctx context.Context, d *db.DB, in *placeInput) (*seen, error) {
		s := seen{}
		err := d.Read(ctx, func(ctx context.Context, r *db.Reader) (err error) {
			s, err = look(ctx, r)
			return err
		})
		s.Resolved = in.Place.standby
		return &s, err
	}, api.Public, api.OperationID("look"))
	api.Post(r, "/search", read, api.Public, api.OperationID("search"))
	api.Post(r, "/kept", func(ctx context.Context, s *db.Session, _ *nothing) (*api.Empty, error) {
		return nil, errors.Join(write(ctx, s), db.Keep(errStranger.Here()))
	}, api.Public, api.OperationID("kept"))
	api.Post(r, "/failed", func(ctx context.Context, s *db.Session, _ *nothing) (*api.Empty, error) {
		return nil, errors.Join(write(ctx, s), errStranger.Here())
	}, api.Public, api.OperationID("failed"))
	api.Handle(r, "POST /mounted", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := f.Do(r.Context(), write); err != nil {
			http.Error(w, err.Error(), 500)
			return
		}
		_, _ = w.Write([]byte("done"))
	}), api.Public)
}

const header = "Terem-Written"

func (s seen) check(t *testing.T, what string, r *apitest.Response) {
	t.Helper()
	var got seen
	r.Expect(200).JSON(&got)
	if got != s {
		t.Errorf("%s: got %+v, want %+v", what, got, s)
	}
}

func TestAClientReadsItsWrites(t *testing.T) {
	t.Parallel()
	f := newFollowed(t)
	h := handler(t, api.Config{DB: f.DB, Key: tokenKey}, nil, f.routes)
	stranger := apitest.New(t, h)
	seen{Standby: true, Resolved: true}.check(t, "before any write", stranger.Get("/notes"))
	seen{}.check(t, "where the route says so", stranger.Get("/primary"))
	seen{Standby: true, Resolved: true}.check(t, "a search by POST", stranger.Post("/search", ""))
	seen{}.check(t, "where something may be written", stranger.Post("/look", ""))
	f.pause(t)

	n := 0
	b, token := apitest.New(t, h).Browser(), ""
	write := func() {
		r := b.Post("/notes", "")
		seen{}.check(t, "the policy of a route that writes", r)
		if token = r.Header.Get(header); token == "" {
			t.Fatal("a response after a write has no token")
		}
		n++
	}
	for what, ask := range map[string]func(path string) *apitest.Response{
		"a browser":            b.Get,
		"who sends the header": func(path string) *apitest.Response { return stranger.With(header, token).Get(path) },
	} {
		for _, path := range []string{"/notes", "/both", "/waiting"} { // the last one in vain
			write()
			seen{Notes: n}.check(t, what+" at "+path, ask(path))
		}
	}
	write()
	for what, c := range map[string]*apitest.Client{
		"another client": stranger, "with a forged token": stranger.With(header, forged(token)), "with no token": stranger.With(header, "x"),
	} {
		seen{Standby: true, Resolved: true}.check(t, what, c.Get("/notes"))
		seen{Standby: true, Resolved: true}.check(t, what+" where it could wait", c.Get("/waiting"))
	}
	if r := stranger.Get("/notes"); r.Header.Get(header) != "" || r.Header.Get("Set-Cookie") != "" {
		t.Errorf("a response without a write has a token: %v", r.Header)
	}
	eventually(t, "the client's reads go to the replica again", func() bool {
		var s seen
		stranger.With(header, token).Get("/notes").Expect(200).JSON(&s)
		return s == seen{Standby: true, Resolved: true}
	})

	f.resume(t)
	eventually(t, "the client's reads are on the replica where they wait for it", func() bool {
		write()
		var s seen
		b.Get("/waiting").Expect(200).JSON(&s)
		if s.Notes != n {
			t.Fatalf("it sees %d of %d notes", s.Notes, n)
		}
		return s.Standby && s.Resolved
	})
}

func forged(token string) string {
	last := "A"
	if strings.HasSuffix(token, last) {
		last = "E"
	}
	return token[:len(token)-1] + last
}

// Every response after a commit has a token, whoever opened the session.
func TestWhatCountsAsAWrite(t *testing.T) {
	t.Parallel()
	f := newFollowed(t)
	c := f.client(t, api.Config{})
	for path, want := range map[string]struct {
		status int
		token  bool
	}{
		"/notes": {200, true}, "/both": {200, true}, "/mounted": {200, true}, "/kept": {401, true}, "/failed": {401, false},
	} {
		r := c.Post(path, "").Expect(want.status)
		if got := r.Header.Get(header) != ""; got != want.token {
			t.Errorf("%s: has a token: %v", path, got)
		}
	}
	f.pause(t)
	n, err := strconv.Atoi(strings.TrimSpace(scalar(t, f, "SELECT count(*)::text FROM notes")))
	if err != nil {
		t.Fatal(err)
	}
	seen{Notes: n + 1}.check(t, "a read behind a write in one handler", c.Post("/both", ""))
}

func scalar(t *testing.T, f *followed, sql string) (v string) {
	t.Helper()
	err := f.Read(t.Context(), func(ctx context.Context, r *db.Reader) error { return r.QueryRow(ctx, sql).Scan(&v) })
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestTheTokensCookieAndCORS(t *testing.T) {
	t.Parallel()
	f := newFollowed(t)
	for secure, want := range map[bool]string{
		false: "terem_written=TOKEN; Path=/; Max-Age=2; HttpOnly; SameSite=Lax",
		true:  "__Host-terem_written=TOKEN; Path=/; Max-Age=2; HttpOnly; Secure; SameSite=Lax",
	} {
		r := f.client(t, api.Config{Secure: secure}).Post("/notes", "").Expect(200)
		if got := strings.ReplaceAll(r.Header.Get("Set-Cookie"), r.Header.Get(header), "TOKEN"); got != want {
			t.Errorf("the cookie is\n%s, want\n%s", got, want)
		}
	}
	c := f.client(t, api.Config{CORS: &api.CORS{Origins: []string{"https://app.example"}}}).With("Origin", "https://app.example")
	if got := c.Post("/notes", "").Expect(200).Header.Get("Access-Control-Expose-Headers"); !strings.Contains(got, header) {
		t.Errorf("pages of other origins can read %s", got)
	}
	pre := c.With("Access-Control-Request-Method", "GET").With("Access-Control-Request-Headers", strings.ToLower(header))
	if got := pre.Do("OPTIONS", "/notes", nil).Header.Get("Access-Control-Allow-Headers"); !strings.EqualFold(got, header) {
		t.Errorf("pages of other origins can send %q", got)
	}
}

func TestReplicasNeedAKey(t *testing.T) {
	t.Parallel()
	f := newFollowed(t)
	a := api.New(api.Config{DB: f.DB, Key: tokenKey[:31]})
	if err := a.Check(); err == nil || !strings.Contains(err.Error(), "api.Config.Key") {
		t.Errorf("Check: %v", err)
	}
}

// Nobody who reads sees that a replica stops, or starts.
func TestAReplicaStops(t *testing.T) {
	t.Parallel()
	f := newFollowed(t)
	c := f.client(t, api.Config{})
	stop := make(chan struct{})
	done := make(chan int)
	for range 4 {
		go func() {
			n := 0
			for {
				select {
				case <-stop:
					done <- n
					return
				default:
				}
				if r := c.Get("/notes"); r.Status != 200 {
					t.Errorf("a read was answered with %d\n%s", r.Status, r.Body)
				}
				n++
			}
		}()
	}
	onStandby := func() bool {
		var s seen
		c.Get("/notes").Expect(200).JSON(&s)
		return s.Standby
	}
	eventually(t, "the replica is read from", onStandby)
	if err := f.standby.Kill(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the primary is read from", func() bool { return !onStandby() })
	if err := f.standby.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the replica is read from again", onStandby)
	if err := f.standby.Restart(t.Context()); err != nil { // as an operator does it
		t.Fatal(err)
	}
	time.Sleep(10 * time.Millisecond)
	close(stop)
	total := 0
	for range 4 {
		total += <-done
	}
	t.Logf("%d reads", total)
}

// An application without replicas sends nothing of it.
func TestNoReplicasNoToken(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, migrations, func(t *testing.T, d *db.DB) {
		c := client(t, api.Config{DB: d}, nil, func(r *api.Router) {
			api.Post(r, "/notes", func(ctx context.Context, s *db.Session, _ *nothing) (*api.Empty, error) {
				_, err := s.Exec(ctx, "INSERT INTO notes (body) VALUES ('a')")
				return nil, err
			}, api.Public)
		})
		r := c.Post("/notes", "").Expect(204)
		if r.Header.Get(header) != "" || r.Header.Get("Set-Cookie") != "" {
			t.Errorf("the response has %v", r.Header)
		}
	})
}
