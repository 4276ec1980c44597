package migrate_test

import (
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/postgres"
	"github.com/terem-go/terem/internal/pgserver"
	"github.com/terem-go/terem/internal/processtest"
)

// A server is ready once its primary is migrated, whatever a replica has yet to
// learn.
func TestAReplicaThatIsBehind(t *testing.T) {
	t.Parallel()
	primary := processtest.Postgres(t, pgserver.Options{})
	standby := processtest.Postgres(t, pgserver.Options{StandbyOf: primary})
	control, err := pgx.Connect(t.Context(), standby.URL("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer control.Close(t.Context())
	if _, err := control.Exec(t.Context(), "SELECT pg_wal_replay_pause()"); err != nil {
		t.Fatal(err)
	}
	d, err := db.Open(t.Context(), primary.URL("postgres"), db.Config{Replicas: []string{standby.URL("postgres")}}, postgres.Engine)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close(t.Context())
	m := newMigrator(t, d, files("1_a.sql", table("a")))
	mustUp(t, m)
	request := db.NewClient(time.Time{}, 0).Context(t.Context())
	if pending, err := m.Pending(request); err != nil || len(pending) > 0 {
		t.Errorf("pending: %v, %v", pending, err)
	}
}
