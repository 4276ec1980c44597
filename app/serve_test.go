package app_test

import (
	"context"
	"net"
	"strings"
	"testing"

	"github.com/terem-go/terem/app"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
)

func TestServeCannotListen(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	d := dbtest.SQLite(t, migrations)
	for addr, want := range map[string]string{
		taken.Addr().String():   "cannot listen on " + taken.Addr().String() + ": another program does. Stop it, or set ADDR to another port",
		"8000":                  "missing port in address. ADDR is a host and a port, such as 127.0.0.1:8000",
		"127.0.0.1:99999":       "invalid port. ADDR is a host and a port",
		"192.0.2.1:0":           "cannot assign requested address. ADDR is a host and a port",
		"no.such.host.test:80x": "ADDR is a host and a port",
	} {
		err := newApp(app.Config{DB: d, Logger: quiet, Addr: addr}).Serve(t.Context())
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("ADDR=%s: %v, want %s", addr, err, want)
		}
	}
}

func TestServeRefusesOldSchema(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, nil, func(t *testing.T, d *db.DB) {
		a := newApp(app.Config{DB: d, Logger: quiet})
		err := a.Serve(t.Context())
		want := "the database's schema is behind the program (1 pending, the first is " + string(d.Dialect()) + "/00001_notes.sql). Apply the migrations with: migrate up (in development: go run . migrate up)"
		if err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
		// A command of a domain that finds no table says so, too.
		if err := a.Run(t.Context(), []string{"count"}, t.Output()); err == nil || err.Error() != want {
			t.Errorf("count: got  %v\nwant %s", err, want)
		}
	})
}

func TestServeRefusesHalfACopy(t *testing.T) {
	t.Parallel()
	d := dbtest.Postgres(t, migrations)
	err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
		_, err := s.Exec(ctx, "CREATE TABLE terem_db_copy (state JSONB NOT NULL)") // by which terem db copy knows how far it has come
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	err = newApp(app.Config{DB: d, Logger: quiet}).Serve(t.Context())
	if want := "the copy of another database into this one is not finished: give the command terem db copy again"; err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}
