package journey

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/internal/pgserver"
	"github.com/terem-go/terem/internal/processtest"
)

// The application behind PgBouncer, with a standby behind another one, by its
// settings alone.
func TestReplicaAndPooler(t *testing.T) {
	t.Parallel()
	s, primary := pooledServer(t, pgserver.Options{})
	sql(t, s, "CREATE ROLE app LOGIN", "CREATE ROLE reader LOGIN", "ALTER ROLE reader SET default_transaction_read_only = on",
		"GRANT ALL ON SCHEMA public TO app", "GRANT pg_read_all_data TO reader")
	standby, replica := pooledServer(t, pgserver.Options{StandbyOf: s})

	a := newApplication(t, withPassword(primary.URL("app", "postgres"), rand.Text())) // which trust their clients
	a.env["DATABASE_POOLER"] = "transaction"
	if out, err := a.run("", "config"); err == nil || !strings.Contains(out, "DATABASE_DIRECT_URL") || !strings.Contains(out, "DATABASE_READER_URL") {
		t.Errorf("half of the settings are enough: %v\n%s", err, out)
	}
	secret := func() string { return a.secret("a database's password", rand.Text()) }
	a.env["DATABASE_DIRECT_URL"] = strings.Replace(withPassword(s.URL("postgres"), secret()), "//postgres:", "//app:", 1)
	a.env["DATABASE_REPLICA_URLS"] = withPassword(replica.URL("reader", "postgres"), secret())
	a.env["DATABASE_READER_URL"] = withPassword(primary.URL("reader", "postgres"), secret())
	a.must("", "migrate", "up")
	reader := a.env["DATABASE_READER_URL"]
	a.env["DATABASE_READER_URL"] = a.env["DATABASE_URL"]
	if out, err := a.run(""); err == nil || !strings.Contains(out, `ALTER ROLE "app" SET default_transaction_read_only = on`) {
		t.Errorf("it serves although its readers can write: %v\n%s", err, out)
	}
	a.env["DATABASE_READER_URL"] = reader
	a.must("", "config")

	p, nobody := a.serve()
	nobody.want(200, "GET", "/readyz", nil, nil)
	nobody.want(201, "POST", "/api/users", a.registration("ada@example.com"), nil)
	ada := nobody.logIn("ada@example.com", a.password)
	browser := &http.Client{Timeout: 10 * time.Second}
	browser.Jar, _ = cookiejar.New(nil) // never fails
	name := func(method, body string) string {
		t.Helper()
		r, err := http.NewRequest(method, "http://"+ada.Addr+"/api/users/me", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+ada.Bearer)
		r.Header.Set("Content-Type", "application/json")
		answer, err := browser.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		var u user
		if err := json.NewDecoder(answer.Body).Decode(&u); err != nil || answer.StatusCode != 200 {
			t.Fatalf("%s: status %d, %v", method, answer.StatusCode, err)
		}
		return u.Name
	}
	await(t, "the standby has her", func() bool { return scalar(t, standby, "SELECT count(*) FROM users") == "1" })
	sql(t, standby, "SELECT pg_wal_replay_pause()")
	await(t, "replay is paused", func() bool { return scalar(t, standby, "SELECT pg_get_wal_replay_pause_state()") == "paused" })
	name("PATCH", `{"name": "Countess"}`)
	if got := name("GET", ""); got != "Countess" {
		t.Errorf("who wrote her name reads %q", got)
	}
	var seen user
	ada.want(200, "GET", "/api/users/me", nil, &seen) // without cookies
	if seen.Name != "Ada Lovelace" {
		t.Errorf("who has not written reads %q: the standby is not read from", seen.Name)
	}
	if err := standby.Kill(); err != nil {
		t.Fatal(err)
	}
	for range 10 {
		ada.want(200, "GET", "/api/users/me", nil, &seen)
	}
	if seen.Name != "Countess" {
		t.Errorf("without the standby, she is %q", seen.Name)
	}
	await(t, "jobs are worked off", func() bool { return scalar(t, s, "SELECT count(*) > 0 FROM river_leader") == "t" })
	a.stop(p, syscall.SIGTERM)
}

func withPassword(url, password string) string {
	return strings.Replace(url, "@", ":"+password+"@", 1)
}

func pooledServer(t *testing.T, o pgserver.Options) (*pgserver.Server, *pgserver.Pooler) {
	t.Helper()
	s := processtest.Postgres(t, o)
	p, err := pgserver.StartPooler(t.Context(), s, 2, "app", "reader")
	if errors.Is(err, pgserver.ErrNoPooler) {
		dbtest.Skip(t, err.Error())
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Stop() })
	return s, p
}

// sql runs statements as the superuser.
func sql(t *testing.T, s *pgserver.Server, statements ...string) {
	t.Helper()
	for _, statement := range statements {
		scalar(t, s, statement)
	}
}

// scalar runs a statement as the superuser and returns its value, if any.
func scalar(t *testing.T, s *pgserver.Server, statement string) (value string) {
	t.Helper()
	c, err := pgx.Connect(t.Context(), s.URL("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(context.Background())
	rows, err := c.Query(t.Context(), statement, pgx.QueryExecModeSimpleProtocol)
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		value = string(rows.RawValues()[0])
	}
	if err := rows.Err(); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
	return value
}

func await(t *testing.T, what string, f func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !f(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("it did not happen that %s", what)
		}
	}
}
