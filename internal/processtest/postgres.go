package processtest

import (
	"errors"
	"testing"

	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/internal/pgserver"
)

// Postgres starts a server of PostgreSQL for one test, which is skipped where none is
// installed. It is stopped when the test ends.
func Postgres(t testing.TB, o pgserver.Options) *pgserver.Server {
	t.Helper()
	s, err := pgserver.Start(t.Context(), o)
	if errors.Is(err, pgserver.ErrNotInstalled) || errors.Is(err, errors.ErrUnsupported) {
		dbtest.Skip(t, err.Error())
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Error(err)
		}
	})
	return s
}
