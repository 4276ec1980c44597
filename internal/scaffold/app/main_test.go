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

// testApp returns the whole application on a fresh database, with settings if need be.
func testApp(t *testing.T, d *db.DB, settled ...string) *app.App {
	t.Helper()
	cfg, report, err := loadConfig(settings.Options{Dotenv: "-", Environ: append(settled, "ENVIRONMENT=test", "REGISTRATIONS=1000000", "SECRET_KEY="+strings.Repeat("k", 32))})
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
		c.Get("/nowhere").ExpectError(404, "not_found")
		c.With("Accept", "text/html").Get("/nowhere").Expect(404).Contains("<h1>There is nothing at this address.</h1>")
		c.With("Sec-Fetch-Site", "cross-site").Post("/login", "").ExpectError(403, "cross_site")
		c.Get("/dev/mail").Expect(200)
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
		"DATABASE_REPLICA_URLS=postgres://h/db", "DATABASE_POOLER=session", "DATABASE_DIRECT_URL=sqlite:x", "LOGIN_LIFETIME=1s", "JOBS=mars", "REGISTRATIONS=0", "MAIL_FROM=me", "BASE_URL=http://appname.example"}})
	var wrong *settings.Error
	if !errors.As(err, &wrong) {
		t.Fatalf("loaded: %v", err)
	}
	for _, name := range []string{"SECRET_KEY", "REQUEST_TIMEOUT", "MAX_BODY", "ADDR", "ADMIN_ADDR (environment): expected a host", "other than ADDR", "DATABASE_URL", "CORS_ORIGINS", "DRAIN_TIMEOUT", "STOP_TIMEOUT", "TOKEN_LIFETIME",
		"DATABASE_REPLICA_URLS", "DATABASE_POOLER", "DATABASE_DIRECT_URL", "DATABASE_READER_URL", "LOGIN_LIFETIME", "JOBS", "REGISTRATIONS", "MAIL_FROM", "SMTP_URL", "BASE_URL"} {
		if !strings.Contains(err.Error(), name) {
			t.Errorf("%s is not named:\n%v", name, err)
		}
	}
	_, _, err = loadConfig(settings.Options{Dotenv: "-", Environ: []string{"SECRET_KEY=short-secret"}})
	if err == nil || strings.Contains(err.Error(), "short-secret") {
		t.Errorf("a short secret: %v", err)
	}
}

// The links of mails lead somewhere, also where ADDR is only a port.
func TestBaseURL(t *testing.T) {
	t.Parallel()
	for setting, want := range map[string]string{"ADDR=127.0.0.1:80": "http://127.0.0.1:80", "ADDR=:8000": "http://localhost:8000", "ADDR=[::1]:80": "http://[::1]:80", "BASE_URL=https://shop.example/": "https://shop.example"} {
		cfg, _, err := loadConfig(settings.Options{Dotenv: "-", Environ: []string{setting}})
		if err != nil || cfg.baseURL() != want {
			t.Errorf("%s: %q, want %q; %v", setting, cfg.baseURL(), want, err)
		}
	}
}
