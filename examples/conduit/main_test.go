package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/api/apitest"
	"github.com/terem-go/terem/app"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/jobs"
	"github.com/terem-go/terem/settings"
)

// testApp returns the whole application on a fresh database, with further settings.
func testApp(t testing.TB, d *db.DB, environ ...string) *app.App {
	t.Helper()
	environ = append(environ, "ENVIRONMENT=test", "REGISTRATIONS=1000000", "SECRET_KEY="+strings.Repeat("k", 32))
	cfg, report, err := loadConfig(settings.Options{Dotenv: "-", Environ: environ})
	if err != nil {
		t.Fatal(err)
	}
	a, err := assemble(cfg, report, d, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestApplication(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, migrations, func(t *testing.T, d *db.DB) {
		h, err := testApp(t, d).Handler()
		if err != nil {
			t.Fatal(err)
		}
		c := apitest.New(t, h)
		for _, path := range []string{"/", "/healthz", "/readyz", "/docs", "/openapi.json"} {
			c.Get(path).Expect(200)
		}
		c.Get("/nowhere").Expect(404).Contains(`"errors"`)
		c.With("Accept", "text/html").Get("/nowhere").Expect(404).Contains("<h1>There is nothing at this address.</h1>")
		c.With("Sec-Fetch-Site", "cross-site").Post("/api/users/login", "").Expect(403).Contains("another site")
	}, jobs.Migrations(), app.Auth())
}

func TestCommands(t *testing.T) {
	t.Parallel()
	a := testApp(t, dbtest.SQLite(t, migrations, jobs.Migrations()))
	run := func(args ...string) []byte {
		t.Helper()
		var out bytes.Buffer
		if err := a.Run(context.Background(), args, &out); err != nil {
			t.Fatalf("%s: %v", args, err)
		}
		return out.Bytes()
	}
	var routes []api.Route
	if err := json.Unmarshal(run("routes", "--json"), &routes); err != nil {
		t.Fatal(err)
	}
	for _, r := range routes {
		if r.Policy == "" || r.Place == "" {
			t.Errorf("a route without a policy or a place: %+v", r)
		}
	}
	if !bytes.Contains(run("config"), []byte("DATABASE_URL")) {
		t.Error("config does not list DATABASE_URL")
	}
	if !bytes.Contains(run("migrate", "status"), []byte("users")) {
		t.Error("migrate status does not list the migration of users")
	}
}

func TestConfigRefuses(t *testing.T) {
	t.Parallel()
	_, _, err := loadConfig(settings.Options{Dotenv: "-", Environ: []string{"ENVIRONMENT=production", "REQUEST_TIMEOUT=soon", "MAX_BODY=-1",
		"ADDR=nonsense", "ADMIN_ADDR=nonsense", "DATABASE_URL=mysql://x", "CORS_ORIGINS=foo", "DRAIN_TIMEOUT=-4s", "STOP_TIMEOUT=0s", "TOKEN_LIFETIME=1500ms",
		"DATABASE_REPLICA_URLS=postgres://h/db", "DATABASE_POOLER=session", "DATABASE_DIRECT_URL=sqlite:x", "JOBS=mars", "REGISTRATIONS=0", "BASE_URL=http://conduit.example"}})
	var wrong *settings.Error
	if !errors.As(err, &wrong) {
		t.Fatalf("loaded: %v", err)
	}
	for _, name := range []string{"SECRET_KEY", "REQUEST_TIMEOUT", "MAX_BODY", "ADDR", "ADMIN_ADDR (environment): expected a host", "other than ADDR", "DATABASE_URL", "CORS_ORIGINS", "DRAIN_TIMEOUT", "STOP_TIMEOUT", "TOKEN_LIFETIME",
		"DATABASE_REPLICA_URLS", "DATABASE_POOLER", "DATABASE_DIRECT_URL", "DATABASE_READER_URL", "JOBS", "REGISTRATIONS", "BASE_URL"} {
		if !strings.Contains(err.Error(), name) {
			t.Errorf("%s is not named:\n%v", name, err)
		}
	}
	_, _, err = loadConfig(settings.Options{Dotenv: "-", Environ: []string{"SECRET_KEY=short-secret"}})
	if err == nil || strings.Contains(err.Error(), "short-secret") {
		t.Errorf("a short secret: %v", err)
	}
}

// Every page that is not for all leads nobody to where they log in, and what changes
// something does nothing for the page of another site.
func TestPagesAreGuarded(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, migrations, func(t *testing.T, d *db.DB) {
		a := testApp(t, d)
		h, err := a.Handler()
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if err := a.Run(t.Context(), []string{"routes", "--json"}, &out); err != nil {
			t.Fatal(err)
		}
		var routes []api.Route
		if err := json.Unmarshal(out.Bytes(), &routes); err != nil {
			t.Fatal(err)
		}
		nobody, member, checked := apitest.New(t, h).Browser(), apitest.New(t, h).Browser(), 0
		member.Submit("/register", map[string]string{"username": "jake", "email": "jake@example.com", "password": "jakejake"}).Expect(303)
		for _, r := range routes {
			path := strings.NewReplacer("{$}", "", "{slug}", "x", "{username}", "jake", "{id}", "1").Replace(r.Path)
			if strings.HasPrefix(path, "/api/") {
				continue
			}
			checked++
			if r.Method != "GET" {
				member.With("Sec-Fetch-Site", "cross-site").Submit(path, nil).Expect(403).Contains("another site")
			}
			if r.Policy == "api.Public" {
				continue
			}
			if r.Policy != "users.Member" {
				t.Errorf("%s %s: policy %s", r.Method, path, r.Policy)
			}
			to := nobody.With("Content-Type", "application/x-www-form-urlencoded").Do(r.Method, path, "").Expect(303)
			if !strings.HasPrefix(to.Header.Get("Location"), "/login?next=") {
				t.Errorf("%s %s leads nobody to %s", r.Method, path, to.Header.Get("Location"))
			}
		}
		if checked < 20 {
			t.Errorf("only %d pages", checked)
		}
		policy := member.Get("/settings").Expect(200).Header
		if !strings.Contains(policy.Get("Content-Security-Policy"), "img-src 'self' data: https:;") || policy.Get("Cache-Control") != "no-store" {
			t.Errorf("the headers of a page are %v", policy)
		}
		nobody.Get("/?feed=following").Expect(303)
	}, jobs.Migrations(), app.Auth())
}
