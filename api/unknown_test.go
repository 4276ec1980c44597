package api_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/api/apitest"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/db/postgres"
	"github.com/terem-go/terem/internal/faultproxy"
	"github.com/terem-go/terem/internal/pgserver"
)

// Row 13: a client whose COMMIT may be done is told just that, however the wait
// for it ended, and is not asked to come back.
func TestOutcomeUnknown(t *testing.T) {
	t.Parallel()
	s, err := pgserver.Start(t.Context(), pgserver.Options{TCP: true})
	if errors.Is(err, pgserver.ErrNotInstalled) || errors.Is(err, errors.ErrUnsupported) {
		dbtest.Skip(t, err.Error())
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Stop() })
	p, err := faultproxy.Start("tcp", s.Addr())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	d, err := db.Open(t.Context(), s.URLAt(p.Addr(), "postgres"), db.Config{CommitTimeout: 200 * time.Millisecond}, postgres.Engine)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close(context.Background()) })

	// What a SELECT writes by a function does not let its session know whom to ask for.
	err = d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
		if _, err := s.Exec(ctx, "CREATE TABLE t ()"); err != nil {
			return err
		}
		_, err := s.Exec(ctx, "CREATE FUNCTION add() RETURNS void LANGUAGE sql AS 'INSERT INTO t DEFAULT VALUES'")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	fault := faultproxy.None
	h := handler(t, api.Config{DB: d, Timeout: 10 * time.Second}, new(logs), func(r *api.Router) {
		api.Post(r, "/x", func(ctx context.Context, s *db.Session, _ *nothing) (*api.Empty, error) {
			_, err := s.Exec(ctx, "SELECT add()")
			p.AtCommit(fault)
			return nil, err
		}, api.Public)
	})
	for name, f := range map[string]faultproxy.Fault{"it was cut": faultproxy.CutBefore, "its time was over": faultproxy.SilentBefore} {
		fault = f
		r := apitest.New(t, h).Post("/x", nil).ExpectError(http.StatusInternalServerError, "outcome_unknown")
		if after := r.Header.Get("Retry-After"); after != "" {
			t.Errorf("%s: Retry-After is %s", name, after)
		}
		p.AtCommit(faultproxy.None)
	}
}
