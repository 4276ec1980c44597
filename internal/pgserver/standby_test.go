package pgserver_test

import (
	"errors"
	"os"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/terem-go/terem/internal/pgserver"
)

func TestStandby(t *testing.T) {
	t.Parallel()
	s := start(t, pgserver.Options{})
	standby := start(t, pgserver.Options{StandbyOf: s})
	primary := connect(t, s.URL("postgres"))
	for _, table := range []string{"one", "two"} { // the second after the standby was away
		if _, err := primary.Exec(t.Context(), "CREATE TABLE "+table+" ()"); err != nil {
			t.Fatal(err)
		}
		follower := connect(t, standby.URL("postgres"))
		for there := false; !there; time.Sleep(5 * time.Millisecond) {
			if err := follower.QueryRow(t.Context(), "SELECT pg_is_in_recovery() AND to_regclass($1) IS NOT NULL", table).Scan(&there); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := follower.Exec(t.Context(), "CREATE TABLE three ()"); err == nil {
			t.Error("a standby can be written to")
		}
		if err := errors.Join(standby.Kill(), standby.Restart(t.Context())); err != nil {
			t.Fatal(err)
		}
	}
}

func TestPooler(t *testing.T) {
	t.Parallel()
	s := start(t, pgserver.Options{})
	p, err := pgserver.StartPooler(t.Context(), s, 1, "reader")
	if errors.Is(err, pgserver.ErrNoPooler) && os.Getenv("TEREM_TEST") != "all" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Stop(); err != nil {
			t.Error(err)
		}
	})
	one, other := connect(t, p.URL("postgres", "postgres")), connect(t, p.URL("postgres", "postgres"))
	if _, err := one.Exec(t.Context(), "CREATE ROLE reader LOGIN"); err != nil {
		t.Fatal(err)
	}
	pids := map[int]bool{}
	for range 2 {
		var a, b int
		const ask = "SELECT pg_backend_pid()"
		mode := pgx.QueryExecModeExec // names of statements are not kept by every version
		if err := errors.Join(one.QueryRow(t.Context(), ask, mode).Scan(&a), other.QueryRow(t.Context(), ask, mode).Scan(&b)); err != nil {
			t.Fatal(err)
		}
		pids[a], pids[b] = true, true
	}
	if len(pids) != 1 {
		t.Errorf("two clients use %d connections of the server", len(pids))
	}
	var role string
	if err := connect(t, p.URL("reader", "postgres")).QueryRow(t.Context(), "SELECT current_user").Scan(&role); err != nil || role != "reader" {
		t.Errorf("logged in as %q: %v", role, err)
	}
}
