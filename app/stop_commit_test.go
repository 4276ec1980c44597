//go:build unix

package app_test

import (
	"context"
	"syscall"
	"testing"
	"time"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
)

// A COMMIT that is under way when requests are cancelled is finished, and its
// client is told. On SQLite nothing can cancel it.
func TestStopFinishesCommits(t *testing.T) {
	t.Parallel()
	url := dbtest.PostgresURL(t, migrations)
	d := dbtest.Open(t, url)
	err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
		for _, sql := range []string{
			"CREATE FUNCTION slowly() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(2); RETURN NULL; END $$",
			"CREATE CONSTRAINT TRIGGER slowly AFTER INSERT ON notes DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION slowly()",
		} {
			if _, err := s.Exec(ctx, sql); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	p, c := start(t, url, "APP_TEST_STOP=10ms")
	busy := begin(t, p, c, map[string]any{"text": "slow"})
	for end, n := time.Now().Add(30*time.Second), 0; n == 0; time.Sleep(5 * time.Millisecond) {
		err := d.Read(t.Context(), func(ctx context.Context, r *db.Reader) error {
			return r.QueryRow(ctx, "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' AND query = 'commit'").Scan(&n)
		})
		if err != nil || time.Now().After(end) {
			t.Fatalf("there is no COMMIT under way: %v", err)
		}
	}
	p.Signal(t, syscall.SIGTERM)
	if r := <-busy; r.err != nil || r.Status != 200 {
		t.Errorf("%v: %d %s", r.err, r.Status, r.Body)
	}
	if err := p.Wait(t, 30*time.Second); err != nil {
		t.Errorf("%v\n%s", err, p.Log)
	}
	if lines := p.Log.Lines("requests did not finish in time and are cancelled"); len(lines) != 1 {
		t.Errorf("nothing was cancelled:\n%s", p.Log)
	}
	if got := texts(t, url); len(got) != 1 {
		t.Errorf("the notes are %q", got)
	}
}
