package scaffold_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/api/apitest"
	"github.com/terem-go/terem/app"
	"github.com/terem-go/terem/dao"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/internal/scaffold/app/pages"
	"github.com/terem-go/terem/internal/scaffold/app/services/notifications"
	"github.com/terem-go/terem/internal/scaffold/app/tasks"
	"github.com/terem-go/terem/internal/scaffold/app/users"
	"github.com/terem-go/terem/jobs"
	"github.com/terem-go/terem/jobs/jobstest"
	"github.com/terem-go/terem/mail"
	"github.com/terem-go/terem/web"
)

// TestRetriesChangeNothing sends requests to every writing route of an
// application, on two databases: one where each session conflicts at each of its
// statements and at COMMIT, and one where none does. Answers, rows, jobs and
// mails are the same.
func TestRetriesChangeNothing(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, os.DirFS("app/migrations"), func(t *testing.T, plain *db.DB) {
		conflicting := dbtest.Postgres
		if plain.Dialect() == db.SQLite {
			conflicting = dbtest.SQLite
		}
		once := travel(t, plain, func(*db.DB) {})
		again := travel(t, conflicting(t, os.DirFS("app/migrations"), jobs.Migrations()), dbtest.Retry)
		for i, step := range steps {
			a, b := once.stops[i], again.stops[i]
			if diff := cmp.Diff(a.seen, b.seen); diff != "" {
				t.Errorf("%s, with conflicts and without (-without +with):\n%s", step.route, diff)
			}
			if b.sessions.refused < b.sessions.statements+b.sessions.commits || a.sessions.commits != b.sessions.commits {
				t.Errorf("%s: the sessions are %+v with conflicts, and %+v without", step.route, b.sessions, a.sessions)
			}
		}
		if diff := cmp.Diff(once.mails, again.mails); diff != "" || len(once.mails) != 2 {
			t.Errorf("mails, with conflicts and without (-without +with):\n%s", diff)
		}
	}, jobs.Migrations())
}

const secret, fresh = "correct horse battery", "battery staple horse"

var eve = map[string]string{"name": "Eve", "email": "eve@example.com", "password": secret}

// steps are requests to every route that may write, one after the other.
var steps = []struct {
	route string
	send  func(v *visitors) *apitest.Response
}{
	{"POST /api/users", func(v *visitors) *apitest.Response {
		r := v.nobody.Post("/api/users", map[string]any{"name": "Bob", "email": "bob@example.com", "password": secret})
		r.Expect(201).JSON(&v.bob)
		return r
	}},
	{"POST /api/users", func(v *visitors) *apitest.Response {
		return v.nobody.Post("/api/users", map[string]any{"name": "Bob", "email": "BOB@example.com", "password": secret}).Expect(409)
	}},
	{"PATCH /api/users/me", func(v *visitors) *apitest.Response {
		return v.ada.Patch("/api/users/me", map[string]any{"name": "Countess", "password": fresh, "current_password": secret}).Expect(200)
	}},
	{"POST /api/auth/login", func(v *visitors) *apitest.Response {
		return v.nobody.Post("/api/auth/login", map[string]any{"email": "ada@example.com", "password": fresh}).Expect(200)
	}},
	{"PATCH /api/users/{id}", func(v *visitors) *apitest.Response {
		return v.root.Patch(fmt.Sprint("/api/users/", v.bob.ID), map[string]any{"name": "Robert", "email": "robert@example.com"}).Expect(200)
	}},
	{"PATCH /api/users/{id}", func(v *visitors) *apitest.Response {
		return v.root.Patch(fmt.Sprint("/api/users/", v.bob.ID), map[string]any{"email": "ada@example.com"}).Expect(409)
	}},
	{"DELETE /api/users/{id}", func(v *visitors) *apitest.Response {
		return v.root.Delete(fmt.Sprint("/api/users/", v.bob.ID)).Expect(204)
	}},
	{"DELETE /api/users/{id}", func(v *visitors) *apitest.Response {
		return v.root.Delete(fmt.Sprint("/api/users/", v.bob.ID)).Expect(404)
	}},
	{"POST /signup", func(v *visitors) *apitest.Response { return v.browser.Submit("/signup", eve).Expect(303) }},
	{"POST /signup", func(v *visitors) *apitest.Response { return v.browser.Submit("/signup", eve).Expect(422) }},
	{"POST /account", func(v *visitors) *apitest.Response {
		return v.browser.Submit("/account", map[string]string{"name": "Evelyn"}).Expect(303)
	}},
	{"POST /account", func(v *visitors) *apitest.Response {
		return v.browser.Submit("/account", map[string]string{"name": "a\x00b"}).Expect(422)
	}},
	{"POST /login", func(v *visitors) *apitest.Response { return v.browser.Submit("/login", eve).Expect(303) }},
	{"POST /logout", func(v *visitors) *apitest.Response { return v.browser.Submit("/logout", nil).Expect(303) }},
	{"DELETE /api/users/me", func(v *visitors) *apitest.Response { return v.ada.Delete("/api/users/me").Expect(204) }},
}

// visitors send the requests.
type visitors struct {
	nobody, ada, root *apitest.Client
	browser           *apitest.Client
	bob               users.UserRead
}

// journey is what the steps have led to.
type journey struct {
	stops []stop // after each step
	mails []string
}

// stop is what one step has led to.
type stop struct {
	seen     []string // the answer, the rows and the jobs
	sessions sessions
}

// travel takes the steps in an application on the database d, which prepare is
// given once there are users.
func travel(t *testing.T, d *db.DB, prepare func(*db.DB)) (j journey) {
	t.Helper()
	a, workers, box := application(t, d)
	h, err := a.Handler()
	if err != nil {
		t.Fatal(err)
	}
	c := apitest.New(t, h)
	v := &visitors{nobody: c, ada: register(c, "ada@example.com"), root: register(c, "root@example.com"), browser: c.Browser()}
	err = d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
		_, err := s.Exec(ctx, "UPDATE users SET is_superuser = true WHERE email = 'root@example.com'")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}

	prepare(d)
	var count counter
	d.Observe(&count)
	for _, step := range steps {
		r := step.send(v)
		j.stops = append(j.stops, stop{append(answer(r), rows(t, d)...), count.reset()})
	}
	jobstest.Run(t, d, workers)
	for _, l := range box.Letters() {
		j.mails = append(j.mails, l.To[0].Address+": "+l.Subject)
	}
	slices.Sort(j.mails)
	everyRoute(t, a)
	return j
}

// application is one as package main of the template makes it.
func application(t *testing.T, d *db.DB) (*app.App, *jobs.Workers, *mail.Mailbox) {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	key := strings.Repeat("k", 32)
	u, err := users.New(users.Config{SecretKey: key})
	must(err)
	assets, err := web.NewAssets(os.DirFS("app/static"), "/static/")
	must(err)
	p, err := pages.New(pages.Config{Users: u.Users, Auth: u.Auth, Assets: assets, Key: []byte(key)})
	must(err)
	box, err := mail.NewMailbox("Appname <appname@localhost>")
	must(err)
	n, err := notifications.New(notifications.Config{Users: u.Users, Mail: box, URL: "https://appname.example"})
	must(err)
	log := slog.New(slog.DiscardHandler)
	w := tasks.Workers(tasks.Config{Logins: u.Logins, Notifications: n, Logger: log})
	a := app.New(app.Config{DB: d, Logger: log, Assets: assets, Workers: w})
	a.Register(u, p)
	return a, a.Workers(), box
}

// register makes a user and returns a client that is logged in as them.
func register(c *apitest.Client, email string) *apitest.Client {
	c.Post("/api/users", map[string]any{"name": "Ada", "email": email, "password": secret}).Expect(201)
	var token users.Token
	c.Post("/api/auth/login", map[string]any{"email": email, "password": secret}).Expect(200).JSON(&token)
	return c.As(token.AccessToken)
}

// everyRoute fails the test if there are routes that may write and are visited in
// no step, or the other way round.
func everyRoute(t *testing.T, a *app.App) {
	t.Helper()
	var out bytes.Buffer
	if err := a.Run(t.Context(), []string{"routes", "--json"}, &out); err != nil {
		t.Fatal(err)
	}
	var routes []api.Route
	if err := json.Unmarshal(out.Bytes(), &routes); err != nil {
		t.Fatal(err)
	}
	writing, visited := map[string]bool{}, map[string]bool{}
	for _, r := range routes {
		if r.Session == "*db.Session" || r.Session == "*db.DB" {
			writing[r.Method+" "+r.Path] = true
		}
	}
	for _, s := range steps {
		visited[s.route] = true
	}
	if diff := cmp.Diff(writing, visited); diff != "" {
		t.Errorf("routes that may write, and those that are visited (-writing +visited):\n%s", diff)
	}
}

// changing is what differs between two answers to the same request: numbers of
// rows, since a sequence goes on when a session is rolled back, times, and what is
// random.
var changing = regexp.MustCompile(`("id":)\d+|(_at":)"[^"]+"|(access_token":)"[^"]+"|(login=)[^;]+|(flash=)[^;]+|("request_id":)"[^"]+"`)

// answer is what a client sees of a response, without what is changing.
func answer(r *apitest.Response) []string {
	seen := []string{fmt.Sprint(r.Status), r.Body}
	for _, name := range []string{"Content-Type", "Location", "Set-Cookie"} {
		seen = append(seen, name+": "+strings.Join(r.Header.Values(name), "\n"))
	}
	for i, s := range seen {
		seen[i] = changing.ReplaceAllString(s, "$1$2$3$4$5$6…")
	}
	return seen
}

// rows are the users, who is logged in where, and the welcomes that are enqueued,
// in the order of addresses.
func rows(t *testing.T, d *db.DB) (list []string) {
	t.Helper()
	err := d.Read(t.Context(), func(ctx context.Context, r *db.Reader) error {
		all, err := dao.Of[users.User]("users").Find(ctx, r, dao.OrderBy("email"))
		if err != nil {
			return err
		}
		logins, err := dao.Of[users.Login]("logins").Find(ctx, r)
		if err != nil {
			return err
		}
		jobs := jobstest.Enqueued[users.Welcome](t, r)
		for _, u := range all {
			l, w := 0, 0
			for _, login := range logins {
				if login.UserID == u.ID {
					l++
				}
			}
			for _, job := range jobs {
				if job.UserID == u.ID {
					w++
				}
			}
			list = append(list, fmt.Sprintf("%s %q, superuser %t, %d logins, %d welcomes", u.Email, u.Name, u.IsSuperuser, l, w))
		}
		list = append(list, fmt.Sprint(len(jobs), " jobs"))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// sessions counts attempts.
type sessions struct {
	refused             int // in vain: one for each statement at least, and one for COMMIT
	statements, commits int // of the others
}

// counter is an observer that counts sessions.
type counter struct {
	mu sync.Mutex
	sessions
}

func (c *counter) reset() sessions {
	c.mu.Lock()
	defer c.mu.Unlock()
	defer func() { c.sessions = sessions{} }()
	return c.sessions
}

func (c *counter) Begin(ctx context.Context, _ *db.Attempt) context.Context { return ctx }

func (c *counter) Before(ctx context.Context, _ *db.Attempt) (context.Context, error) {
	return ctx, nil
}

func (c *counter) After(context.Context, *db.Attempt, error) {}

func (c *counter) End(_ context.Context, a *db.Attempt) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case !a.Writes || a.Statements == 0:
	case a.Refused:
		c.refused++
	default:
		c.statements += a.Statements
		if a.Outcome == db.OutcomeCommitted {
			c.commits++
		}
	}
}
