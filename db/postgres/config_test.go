package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/postgres"
)

func TestBadURLs(t *testing.T) {
	t.Parallel()
	for url, reason := range map[string]string{
		"postgres://app:s3cret@host:port/shop":                           "(invalid port)",
		"postgres://app:s3cret@host/shop?sslmode=maybe":                  "(failed to configure TLS)",
		"postgres://app:s3cret@host/shop?pool_max_conns=many":            "(cannot parse pool_max_conns)",
		"postgres://app:s3cret@host/shop?connect_timeout=s3cret":         "(invalid connect_timeout)",
		"postgres://app:s3cret@host/shop?target_session_attrs=s3cret":    "(unknown target_session_attrs value)",
		"postgres://app:s3cret@host/shop?default_query_exec_mode=s3cret": "(invalid default_query_exec_mode)",
		"postgresql://app:%zzs3cret@host/shop":                           "(failed to parse as URL)",
		"postgres://app:1/s3cret@host/shop":                              "(an unescaped / in the password)",
		"postgres://a@app:s3cret:x@host/shop":                            "",
		"postgres://app:`: s3cret`@host:port/shop":                       "",
		"postgres://app:s3cret@[host/shop":                               "",
	} {
		_, err := db.Open(t.Context(), url, db.Config{}, postgres.Engine)
		if err == nil {
			t.Errorf("%s is accepted", url)
			continue
		}
		text := fmt.Sprintf("%v %+v %#v", err, err, errors.Unwrap(err))
		if strings.Contains(text, "s3c") || strings.Contains(text, "cret") || !strings.Contains(text, reason) || !strings.Contains(text, "postgres://user:password@host") {
			t.Errorf("%s: %s", url, text)
		}
	}
}

// Each URL is named by what it is for, and shown by none of the errors.
func TestBadSettings(t *testing.T) {
	t.Parallel()
	const good, bad = "postgres://app:s3cret@host/shop", "postgres://app:s3cret@host:port/shop"
	for want, c := range map[string]db.Config{
		"the URL of replica 2 cannot be used (invalid port)":     {Replicas: []string{good, bad}},
		"the direct URL cannot be used (invalid port)":           {Direct: bad},
		"the URL of the readers cannot be used (invalid port)":   {Readers: bad},
		"the only Pooler that needs to be known of is":           {Pooler: "session"},
		"with a Pooler, db.Config needs Direct, a URL that":      {Pooler: "transaction", Readers: good},
		"with a Pooler, db.Config needs Direct, a URL that ":     {Pooler: "transaction", Direct: good},
		"the option max_waiting of the database URL is a number": {Replicas: []string{good + "?max_waiting=s3cret"}},
	} {
		_, err := db.Open(t.Context(), good, c, postgres.Engine)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(fmt.Sprintf("%+v", err), "s3cret") {
			t.Errorf("%s: %v", want, err)
		}
	}
}

func TestSessionSettings(t *testing.T) {
	t.Parallel()
	url := fresh(t)
	const settings = "SELECT current_setting('application_name') || ' ' || current_setting('TimeZone')"
	if diff := cmp.Diff("terem UTC", value[string](t, open(t, url), settings)); diff != "" {
		t.Errorf("by default (-want +got):\n%s", diff)
	}
	d := open(t, with(url, "application_name=shop&timezone=Europe/Vienna"))
	if diff := cmp.Diff("shop Europe/Vienna", value[string](t, d, settings)); diff != "" {
		t.Errorf("from the URL (-want +got):\n%s", diff)
	}
}

// Sessions inside each other hold their connections at the same time.
func TestPoolSize(t *testing.T) {
	t.Parallel()
	url := fresh(t)
	nested := func(d *db.DB, n int) error {
		var open func(n int) error
		open = func(n int) error {
			return d.Do(limited(t), func(ctx context.Context, s *db.Session) error {
				if _, err := s.Exec(ctx, "SELECT 1"); err != nil || n == 1 {
					return err
				}
				return open(n - 1)
			}, db.Timeout(2*time.Second))
		}
		return open(n)
	}
	if err := nested(open(t, url), 8); err != nil {
		t.Errorf("eight sessions by default: %v", err)
	}
	d := open(t, with(url, "pool_max_conns=2"))
	if err := nested(d, 2); err != nil {
		t.Errorf("two sessions on two connections: %v", err)
	}
	if err := nested(d, 3); db.ClassOf(err) != db.Busy { // row 22 with a foreign context
		t.Errorf("three sessions on two connections: %v", err)
	}
}

// New takes a configuration with the application's own functions, and leaves it
// as it is.
func TestNew(t *testing.T) {
	t.Parallel()
	c, err := pgxpool.ParseConfig(fresh(t))
	if err != nil {
		t.Fatal(err)
	}
	c.BeforeConnect = func(_ context.Context, c *pgx.ConnConfig) error {
		c.RuntimeParams["application_name"] = "before"
		return nil
	}
	c.AfterConnect = func(ctx context.Context, c *pgx.Conn) error {
		_, err := c.Exec(ctx, "SELECT set_config('application_name', current_setting('application_name') || ' after', false)")
		return err
	}
	e, err := postgres.New(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	d := db.New(e, db.Config{})
	defer closeDB(t, d)
	const names = "SELECT current_setting('application_name') || ' ' || current_setting('TimeZone')"
	if got := value[string](t, d, names); got != "before after UTC" {
		t.Errorf("a reader has %s", got)
	}
	var got string
	m, err := d.Migrator()
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	if err := m.QueryRowContext(t.Context(), names).Scan(&got); err != nil || got != "before after UTC" {
		t.Errorf("the migrator has %s, %v", got, err)
	}
	if len(c.ConnConfig.RuntimeParams) != 0 {
		t.Errorf("the configuration was changed: %v", c.ConnConfig.RuntimeParams)
	}
	c.MaxConns = 0
	if _, err := postgres.New(t.Context(), c); err == nil {
		t.Error("a pool without connections is accepted")
	}
}

func TestMigrator(t *testing.T) {
	t.Parallel()
	d := open(t, one(fresh(t)))
	m, err := d.Migrator()
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	if n := m.Stats().MaxOpenConnections; n != 1 {
		t.Errorf("%d connections", n)
	}
	tx, err := m.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.ExecContext(t.Context(), "CREATE TABLE a (id int); CREATE TABLE b (id int)"); err != nil {
		t.Fatal(err)
	}
	do(t, d, "SELECT 1") // while the migration holds its own connection
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	do(t, d, "INSERT INTO b VALUES (1)")
}

func TestPing(t *testing.T) {
	t.Parallel()
	if err := open(t, fresh(t)).Ping(limited(t)); err != nil {
		t.Error(err)
	}
	down := open(t, "postgres://app:s3cret@127.0.0.1:1/shop")
	if err := down.Ping(limited(t)); db.ClassOf(err) != db.Unreachable || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("without a server: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := down.Ping(ctx); db.ClassOf(err) != db.Canceled || !errors.Is(err, context.Canceled) {
		t.Errorf("after the end of the context: %v", err)
	}
}

func TestWrongDatabase(t *testing.T) {
	t.Parallel()
	d := open(t, strings.Replace(fresh(t), "/t", "/nowhere", 1))
	attempts := 0
	err := d.Do(limited(t), func(ctx context.Context, s *db.Session) error {
		attempts++
		_, err := s.Exec(ctx, "SELECT 1")
		return err
	})
	var e *db.Error
	if !errors.As(err, &e) || e.Class != db.Denied || e.Code != "3D000" || attempts != 1 {
		t.Errorf("after %d attempts: %v", attempts, err)
	}
}
