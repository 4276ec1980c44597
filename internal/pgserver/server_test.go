package pgserver_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/terem-go/terem/internal/pgserver"
)

func TestSettings(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		options pgserver.Options
		want    map[string]string
	}{
		"default": {
			want: map[string]string{
				"fsync": "off", "synchronous_commit": "on", "max_connections": "200", "TimeZone": "Asia/Kolkata",
				"server_encoding": "UTF8", "listen_addresses": "",
			},
		},
		"durable": {
			options: pgserver.Options{Durable: true},
			want:    map[string]string{"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"},
		},
		"chosen": {
			options: pgserver.Options{Settings: map[string]string{"TimeZone": "UTC", "wal_level": "logical", "cluster_name": `it's a \ "test"`}},
			want:    map[string]string{"TimeZone": "UTC", "wal_level": "logical", "cluster_name": `it's a \ "test"`, "fsync": "off"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := start(t, test.options).URL("postgres")
			if test.options.Durable && strings.Contains(url, "shm") {
				t.Errorf("a durable server is kept in memory: %s", url)
			}
			conn := connect(t, url)
			got := map[string]string{}
			for setting := range test.want {
				var value string
				if err := conn.QueryRow(t.Context(), "SELECT current_setting($1)", setting).Scan(&value); err != nil {
					t.Fatal(err)
				}
				got[setting] = value
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("settings (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSettingsThatAreRefused(t *testing.T) {
	t.Parallel()
	requireServer(t)
	tests := map[string]struct{ setting, want string }{
		"unknown to PostgreSQL":  {"no_such_setting", `unrecognized configuration parameter "no_such_setting"`},
		"the server's own":       {"port", "the setting port cannot be changed"},
		"the server's own, caps": {"PORT", "the setting port cannot be changed"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, err := pgserver.Start(t.Context(), pgserver.Options{Settings: map[string]string{test.setting: "1"}})
			if err == nil {
				_ = s.Stop()
				t.Fatal("started")
			}
			if !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %q, want it to contain %q", err, test.want)
			}
		})
	}
}

func TestTextIsUnicodeAndSortsByCodePoint(t *testing.T) {
	t.Parallel()
	var lower string
	var sorted bool
	conn := connect(t, start(t, pgserver.Options{}).URL("postgres"))
	if err := conn.QueryRow(t.Context(), "SELECT lower('ÉЖ'), 'Z' < 'a'").Scan(&lower, &sorted); err != nil {
		t.Fatal(err)
	}
	if lower != "éж" || !sorted {
		t.Errorf("lower('ÉЖ') = %q, 'Z' < 'a' is %t; want éж and true", lower, sorted)
	}
}

func TestTCP(t *testing.T) {
	t.Parallel()
	s := start(t, pgserver.Options{TCP: true})
	for _, url := range []string{s.URL("postgres"), s.URLAt(s.Addr(), "postgres")} {
		if err := connect(t, url).Ping(t.Context()); err != nil {
			t.Errorf("%s: %v", url, err)
		}
	}
	if addr := start(t, pgserver.Options{}).Addr(); addr != "" {
		t.Errorf("a server without TCP has the address %q", addr)
	}
}

// An unlogged table is emptied by recovery after a crash, and by nothing else,
// so it tells whether the server was shut down or died.
func TestRestart(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		kill     bool
		unlogged int
	}{
		"of a running server": {kill: false, unlogged: 1},
		"of a killed server":  {kill: true, unlogged: 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, pgserver.Options{TCP: true})
			url, addr := s.URL("postgres"), s.Addr()
			conn := connect(t, url)
			_, err := conn.Exec(t.Context(), `
				CREATE TABLE logged AS SELECT 1;
				CREATE UNLOGGED TABLE unlogged AS SELECT 1;
				CHECKPOINT`)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := conn.Exec(t.Context(), "INSERT INTO logged VALUES (2)"); err != nil {
				t.Fatal(err)
			}

			if test.kill {
				if err := s.Kill(); err != nil {
					t.Fatal(err)
				}
				if c, err := pgx.Connect(t.Context(), url); err == nil {
					_ = c.Close(t.Context())
					t.Error("a killed server accepts connections")
				}
			}
			if err := s.Restart(t.Context()); err != nil {
				t.Fatal(err)
			}
			if conn.Ping(t.Context()) == nil {
				t.Error("the old connection still works")
			}

			var logged, unlogged int
			err = connect(t, s.URLAt(addr, "postgres")).QueryRow(t.Context(),
				"SELECT (SELECT count(*) FROM logged), (SELECT count(*) FROM unlogged)").Scan(&logged, &unlogged)
			if err != nil {
				t.Fatal(err)
			}
			if logged != 2 || unlogged != test.unlogged {
				t.Errorf("%d logged and %d unlogged rows, want 2 and %d", logged, unlogged, test.unlogged)
			}
		})
	}
}

func TestRestartThatFailsCanBeRepeated(t *testing.T) {
	t.Parallel()
	s := start(t, pgserver.Options{})
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Restart(cancelled); !errors.Is(err, context.Canceled) {
		t.Errorf("restarting with a cancelled context: %v", err)
	}
	if err := s.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	connect(t, s.URL("postgres"))
}

func TestStop(t *testing.T) {
	t.Parallel()
	tests := map[string]func(*pgserver.Server) error{
		"a running server": func(*pgserver.Server) error { return nil },
		"a killed server":  (*pgserver.Server).Kill,
		"a stopped server": (*pgserver.Server).Stop,
	}
	for name, before := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, pgserver.Options{})
			dir := connect(t, s.URL("postgres")).Config().Host
			if err := before(s); err != nil {
				t.Fatal(err)
			}
			if err := s.Stop(); err != nil {
				t.Error(err)
			}
			if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("the directory %s is still there: %v", dir, err)
			}
			if s.Kill() == nil || s.Restart(t.Context()) == nil {
				t.Error("a stopped server was killed or restarted")
			}
		})
	}
}

func TestShared(t *testing.T) {
	t.Parallel()
	requireServer(t)
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := pgserver.Shared(cancelled); err != nil && !errors.Is(err, context.Canceled) {
		t.Errorf("with a cancelled context: %v", err)
	}
	var servers [4]*pgserver.Server
	var wg sync.WaitGroup
	for i := range servers {
		wg.Go(func() {
			var err error
			if servers[i], err = pgserver.Shared(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, s := range servers {
		if s != servers[0] {
			t.Fatal("two servers")
		}
	}
	connect(t, servers[0].URL("postgres"))
}
