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
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/accounts"
	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/api/apitest"
	"github.com/terem-go/terem/app"
	"github.com/terem-go/terem/auth"
	"github.com/terem-go/terem/auth/authtest"
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
		again := travel(t, conflicting(t, os.DirFS("app/migrations"), jobs.Migrations(), app.Auth()), dbtest.Retry)
		for i, step := range steps {
			a, b := once.stops[i], again.stops[i]
			if diff := cmp.Diff(a.seen, b.seen); diff != "" {
				t.Errorf("%s, with conflicts and without (-without +with):\n%s", step.route, diff)
			}
			if b.sessions.refused < b.sessions.statements+b.sessions.commits || a.sessions.commits != b.sessions.commits {
				t.Errorf("%s: the sessions are %+v with conflicts, and %+v without", step.route, b.sessions, a.sessions)
			}
		}
		if diff := cmp.Diff(once.mails, again.mails); diff != "" || len(once.mails) < 9 {
			t.Errorf("%d mails, with conflicts and without (-without +with):\n%s", len(once.mails), diff)
		}
	}, jobs.Migrations(), app.Auth())
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
		return v.ada.Patch("/api/users/me", map[string]any{"name": "Countess"}).Expect(200)
	}},
	{"PUT /api/users/me/email", func(v *visitors) *apitest.Response {
		return v.ada.Put("/api/users/me/email", map[string]any{"email": "countess@example.com", "current_password": secret}).Expect(204)
	}},
	{"PUT /api/users/me/password", func(v *visitors) *apitest.Response {
		return v.ada.Put("/api/users/me/password", map[string]any{"password": fresh, "current_password": "wrong horse battery"}).Expect(422)
	}},
	{"PUT /api/users/me/password", func(v *visitors) *apitest.Response {
		return v.ada.Put("/api/users/me/password", map[string]any{"password": fresh, "current_password": secret}).Expect(204)
	}},
	{"POST /api/auth/login", func(v *visitors) *apitest.Response {
		return v.nobody.Post("/api/auth/login", map[string]any{"email": "ada@example.com", "password": secret}).Expect(401)
	}},
	{"POST /api/auth/login", func(v *visitors) *apitest.Response {
		r := v.nobody.Post("/api/auth/login", map[string]any{"email": "ada@example.com", "password": fresh}).Expect(200)
		r.JSON(&v.token)
		v.ada = v.nobody.As(v.token.AccessToken)
		return r
	}},
	{"POST /api/auth/refresh", func(v *visitors) *apitest.Response {
		r := v.nobody.Post("/api/auth/refresh", map[string]any{"refresh_token": v.token.RefreshToken}).Expect(200)
		r.JSON(&v.renewed)
		return r
	}},
	{"POST /api/auth/refresh", func(v *visitors) *apitest.Response { // used before, which ends every login
		return v.nobody.Post("/api/auth/refresh", map[string]any{"refresh_token": v.token.RefreshToken}).Expect(401)
	}},
	{"POST /api/auth/login", func(v *visitors) *apitest.Response {
		r := v.nobody.Post("/api/auth/login", map[string]any{"email": "ada@example.com", "password": fresh}).Expect(200)
		r.JSON(&v.token)
		return r
	}},
	{"POST /api/auth/logout", func(v *visitors) *apitest.Response {
		return v.nobody.Post("/api/auth/logout", map[string]any{"refresh_token": v.token.RefreshToken}).Expect(204)
	}},
	{"POST /api/auth/forgot", func(v *visitors) *apitest.Response {
		return v.nobody.Post("/api/auth/forgot", map[string]any{"email": "ada@example.com"}).Expect(204)
	}},
	{"POST /api/auth/reset", func(v *visitors) *apitest.Response {
		return v.nobody.Post("/api/auth/reset", map[string]any{"token": "x", "password": fresh}).Expect(422)
	}},
	{"POST /api/auth/reset", func(v *visitors) *apitest.Response {
		return v.nobody.Post("/api/auth/reset", map[string]any{"token": v.letter(accounts.Mail{What: accounts.MailReset, Email: "ada@example.com"}), "password": fresh}).Expect(204)
	}},
	{"POST /api/auth/confirm", func(v *visitors) *apitest.Response {
		return v.nobody.Post("/api/auth/confirm", map[string]any{"token": "x"}).Expect(422)
	}},
	{"POST /api/auth/confirm", func(v *visitors) *apitest.Response {
		return v.nobody.Post("/api/auth/confirm", map[string]any{"token": v.letter(accounts.Mail{What: accounts.MailConfirm, Email: "ada@example.com", Subject: v.subject("ada@example.com")})}).Expect(204)
	}},
	{"POST /api/auth/login", func(v *visitors) *apitest.Response {
		r := v.nobody.Post("/api/auth/login", map[string]any{"email": "ada@example.com", "password": fresh}).Expect(200)
		r.JSON(&v.token)
		v.ada = v.nobody.As(v.token.AccessToken)
		return r
	}},
	{"POST /api/users/me/factor", func(v *visitors) *apitest.Response {
		r := v.ada.Post("/api/users/me/factor", map[string]any{"current_password": fresh}).Expect(200)
		r.JSON(&v.factor)
		return r
	}},
	{"POST /api/users/me/factor/confirm", func(v *visitors) *apitest.Response {
		return v.ada.Post("/api/users/me/factor/confirm", map[string]any{"code": authtest.Code(v.t, v.factor.Secret, time.Now())}).Expect(200)
	}},
	{"POST /api/users/me/factor/end", func(v *visitors) *apitest.Response {
		return v.ada.Post("/api/users/me/factor/end", map[string]any{"current_password": fresh}).Expect(204)
	}},
	{"DELETE /api/users/me/logins/{id}", func(v *visitors) *apitest.Response {
		return v.ada.Delete("/api/users/me/logins/99999").Expect(404)
	}},
	{"DELETE /api/users/me/logins", func(v *visitors) *apitest.Response {
		r := v.ada.Delete("/api/users/me/logins").Expect(204)
		v.ada.Get("/api/users/me").Expect(401)
		return r
	}},
	{"POST /api/auth/login", func(v *visitors) *apitest.Response {
		r := v.nobody.Post("/api/auth/login", map[string]any{"email": "ada@example.com", "password": fresh}).Expect(200)
		r.JSON(&v.token)
		v.ada = v.nobody.As(v.token.AccessToken)
		return r
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
	{"POST /account/email/again", func(v *visitors) *apitest.Response {
		return v.browser.Submit("/account/email/again", nil).Expect(303)
	}},
	{"POST /account/email", func(v *visitors) *apitest.Response {
		return v.browser.Submit("/account/email", map[string]string{"email": "evelyn@example.com", "current_password": secret}).Expect(303)
	}},
	{"POST /account/factor", func(v *visitors) *apitest.Response {
		r := v.browser.Submit("/account/factor", map[string]string{"current_password": secret}).Expect(200)
		v.factor.Secret = typedSecret.FindStringSubmatch(r.Body)[1]
		return r
	}},
	{"POST /account/factor/confirm", func(v *visitors) *apitest.Response {
		return v.browser.Submit("/account/factor/confirm", map[string]string{"code": "x"}).Expect(422)
	}},
	{"POST /account/factor/confirm", func(v *visitors) *apitest.Response {
		return v.browser.Submit("/account/factor/confirm", map[string]string{"code": authtest.Code(v.t, v.factor.Secret, time.Now())}).Expect(200)
	}},
	{"POST /account/factor/end", func(v *visitors) *apitest.Response {
		return v.browser.Submit("/account/factor/end", map[string]string{"current_password": secret}).Expect(303)
	}},
	{"POST /login", func(v *visitors) *apitest.Response {
		v.other = v.nobody.Browser()
		return v.other.Submit("/login", eve).Expect(303)
	}},
	{"POST /account/logins/{id}/end", func(v *visitors) *apitest.Response {
		path := otherLogin.FindString(v.browser.Get("/account").Expect(200).Body)
		r := v.browser.Submit(path, nil).Expect(303)
		v.other.Get("/account").Expect(401)
		return r
	}},
	{"POST /account/logins/end", func(v *visitors) *apitest.Response {
		v.other.Submit("/login", eve).Expect(303)
		r := v.browser.Submit("/account/logins/end", nil).Expect(303)
		v.other.Get("/account").Expect(401)
		return r
	}},
	{"POST /account/password", func(v *visitors) *apitest.Response {
		return v.browser.Submit("/account/password", map[string]string{"current_password": secret, "password": fresh}).Expect(303)
	}},
	{"POST /login", func(v *visitors) *apitest.Response { return v.browser.Submit("/login", eve).Expect(422) }},
	{"POST /forgot", func(v *visitors) *apitest.Response {
		return v.browser.Submit("/forgot", map[string]string{"email": "eve@example.com"}).Expect(303)
	}},
	{"POST /reset", func(v *visitors) *apitest.Response {
		return v.browser.Submit("/reset", map[string]string{"token": v.letter(accounts.Mail{What: accounts.MailReset, Email: "eve@example.com"}), "password": secret}).Expect(303)
	}},
	{"POST /reset", func(v *visitors) *apitest.Response {
		return v.browser.Submit("/reset", map[string]string{"token": "x", "password": secret}).Expect(422)
	}},
	{"POST /confirm", func(v *visitors) *apitest.Response {
		return v.browser.Submit("/confirm", map[string]string{"token": v.letter(accounts.Mail{What: accounts.MailWelcome, Email: "eve@example.com", Subject: v.subject("eve@example.com")})}).Expect(303)
	}},
	{"POST /login", func(v *visitors) *apitest.Response { return v.browser.Submit("/login", eve).Expect(303) }},
	{"POST /account/delete", func(v *visitors) *apitest.Response {
		zoe := v.nobody.Browser() // the others still get their mails
		zoe.Submit("/signup", map[string]string{"name": "Zoe", "email": "zoe@example.com", "password": secret}).Expect(303)
		return zoe.Submit("/account/delete", map[string]string{"current_password": secret}).Expect(303)
	}},
	{"POST /logout", func(v *visitors) *apitest.Response { return v.browser.Submit("/logout", nil).Expect(303) }},
	{"POST /api/users/me/delete", func(v *visitors) *apitest.Response {
		return v.ada.Post("/api/users/me/delete", map[string]any{"current_password": fresh}).Expect(204)
	}},
}

// visitors send the requests.
type visitors struct {
	t                 *testing.T
	d                 *db.DB
	auth              *users.Auth
	nobody, ada, root *apitest.Client
	browser, other    *apitest.Client
	bob               users.UserRead
	token, renewed    accounts.Token
	factor            users.Factor
}

// letter returns the token of the link in a mail.
func (v *visitors) letter(m accounts.Mail) (token string) {
	v.t.Helper()
	err := v.d.Do(v.t.Context(), func(ctx context.Context, s *db.Session) (err error) {
		_, token, _, err = v.auth.Letter(ctx, s, m)
		return err
	})
	if err != nil || token == "" {
		v.t.Fatalf("the mail %+v has no link: %v", m, err)
	}
	return token
}

// subject names the user with an address.
func (v *visitors) subject(email string) (subject string) {
	v.t.Helper()
	err := v.d.Read(v.t.Context(), func(ctx context.Context, r *db.Reader) error {
		u, err := dao.Of[users.User]("users").One(ctx, r, dao.Eq("email", email))
		if err == nil {
			subject = u.Subject()
		}
		return err
	})
	if err != nil {
		v.t.Fatal(err)
	}
	return subject
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
	a, u, box := application(t, d)
	h, err := a.Handler()
	if err != nil {
		t.Fatal(err)
	}
	c := apitest.New(t, h)
	v := &visitors{t: t, d: d, auth: u.Auth, nobody: c, ada: register(c, "ada@example.com"), root: register(c, "root@example.com"), browser: c.Browser()}
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
	jobstest.Run(t, d, a.Workers())
	for _, l := range box.Letters() {
		j.mails = append(j.mails, l.To[0].Address+": "+l.Subject)
	}
	slices.Sort(j.mails)
	everyRoute(t, a)
	return j
}

// application is one as package main of the template makes it.
func application(t *testing.T, d *db.DB) (*app.App, *users.Domain, *mail.Mailbox) {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	key := strings.Repeat("k", 32)
	u, err := users.New(users.Config{Name: "Appname", Secrets: []string{key}})
	must(err)
	assets, err := web.NewAssets(os.DirFS("app/static"), "/static/")
	must(err)
	p, err := pages.New(pages.Config{Users: u.Users, Auth: u.Auth, Assets: assets, Key: []byte(key)})
	must(err)
	box, err := mail.NewMailbox("Appname <appname@localhost>")
	must(err)
	n, err := notifications.New(notifications.Config{Auth: u.Auth, Mail: box, URL: "https://appname.example"})
	must(err)
	log := slog.New(slog.DiscardHandler)
	w := tasks.Workers(tasks.Config{Auth: u.Auth, Notifications: n, AuditKeep: 24 * time.Hour, Logger: log})
	a := app.New(app.Config{DB: d, Logger: log, Assets: assets, Workers: w})
	a.Register(u, p)
	return a, u, box
}

// register makes a user and returns a client that is logged in as them.
func register(c *apitest.Client, email string) *apitest.Client {
	c.Post("/api/users", map[string]any{"name": "Ada", "email": email, "password": secret}).Expect(201)
	var token accounts.Token
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

var (
	// changing is what differs between two answers to the same request: numbers of
	// rows, since a sequence goes on when a session is rolled back, times, and what is
	// random.
	changing = regexp.MustCompile(`("id":)\d+|((?:_at|_token|request_id|secret|uri)":)"[^"]+"|("codes":)\[[^]]+\]|((?:login|flash|device)=)[^;]+` +
		`|(<svg)[^\x00]*</svg>|(<code class="key">)[^<]+|(<li><code>)[^<]+`)

	typedSecret = regexp.MustCompile(`<code class="key">([A-Z2-7]+)`)
	otherLogin  = regexp.MustCompile(`/account/logins/\d+/end`)
)

// answer is what a client sees of a response, without what is changing.
func answer(r *apitest.Response) []string {
	seen := []string{fmt.Sprint(r.Status), r.Body}
	for _, name := range []string{"Content-Type", "Location", "Set-Cookie"} {
		seen = append(seen, name+": "+strings.Join(r.Header.Values(name), "\n"))
	}
	for i, s := range seen {
		seen[i] = changing.ReplaceAllString(s, "$1$2$3$4$5$6$7…")
	}
	return seen
}

// rows are the users, where they are logged in, what the audit log has of them and
// the mails that are enqueued.
func rows(t *testing.T, d *db.DB) (list []string) {
	t.Helper()
	err := d.Read(t.Context(), func(ctx context.Context, r *db.Reader) error {
		all, err := dao.Of[users.User]("users").Find(ctx, r, dao.OrderBy("email"))
		if err != nil {
			return err
		}
		logins, err := dao.Of[auth.Login]("terem_logins").Find(ctx, r)
		if err != nil {
			return err
		}
		log, err := dao.Of[auth.Event]("terem_audit").Find(ctx, r)
		if err != nil {
			return err
		}
		for _, u := range all {
			mine, told := 0, 0
			for _, l := range logins {
				if l.Subject == u.Subject() {
					mine++
				}
			}
			for _, e := range log {
				if e.Actor == u.Subject() {
					told++
				}
			}
			list = append(list, fmt.Sprintf("%s %q, confirmed %t, superuser %t, generation %d, %d logins, %d events", u.Email, u.Name, u.ConfirmedAt != nil, u.IsSuperuser, u.Generation, mine, told))
		}
		for _, table := range []string{"terem_logins", "terem_links", "terem_factors", "terem_audit", "terem_throttle"} {
			var n int
			if err := r.QueryRow(ctx, "SELECT count(*) FROM "+table).Scan(&n); err != nil {
				return err
			}
			list = append(list, fmt.Sprint(table, ": ", n))
		}
		for _, m := range jobstest.Enqueued[accounts.Mail](t, r) {
			list = append(list, m.What+" to "+m.Email)
		}
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
