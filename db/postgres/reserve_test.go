package postgres_test

import (
	"context"
	"testing"
	"time"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/internal/pgserver"
)

// reserved counts the connections that a database has besides the one that asks
// and one of sessions.
const reserved = `SELECT count(*) - 1 FROM pg_stat_activity
	WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()`

func TestPingNeedsNoPool(t *testing.T) {
	t.Parallel()
	d := open(t, one(fresh(t)))
	hold(t, d, func() {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		for range 10 {
			if err := d.Ping(ctx); err != nil {
				t.Error(err)
			}
		}
	})
}

// The connections for outcomes are there soon after the first COMMIT, and again
// soon after they were lost.
func TestReserveIsKept(t *testing.T) {
	t.Parallel()
	url := fresh(t)
	d := open(t, one(url))
	observer := dial(t, url)
	count := func() (n int) {
		if err := observer.QueryRow(t.Context(), reserved).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	if n := count(); n != -1 {
		t.Errorf("%d connections before they are needed", n+1)
	}
	do(t, d, notes)
	eventually(t, "two connections are in reserve after the first COMMIT", func() bool { return count() == 2 })
	direct(t, url, "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'terem'")
	do(t, d, "INSERT INTO notes VALUES (1)")
	eventually(t, "two connections are in reserve after they were lost", func() bool { return count() == 2 })
}

// A server that lets no more connections in still commits.
func TestWithoutAReserve(t *testing.T) {
	t.Parallel()
	s := own(t, pgserver.Options{Settings: map[string]string{"max_connections": "4", "superuser_reserved_connections": "0"}})
	d := open(t, one(s.URL("postgres")))
	others := []interface{ Close(context.Context) error }{dial(t, s.URL("postgres")), dial(t, s.URL("postgres")), dial(t, s.URL("postgres"))}
	do(t, d, notes)
	start := time.Now()
	for range 20 {
		do(t, d, "INSERT INTO notes VALUES (floor(random() * 1e9))")
	}
	if took := time.Since(start); took > 2*time.Second {
		t.Errorf("sessions waited for what cannot be had: %v", took)
	}
	for _, c := range others {
		_ = c.Close(t.Context())
	}
	eventually(t, "the reserve is filled", func() bool {
		return db.ClassOf(d.Ping(limited(t))) == db.Other && value[int](t, d, reserved) == 2
	})
}
