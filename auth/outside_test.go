package auth_test

import (
	"context"
	"errors"
	"testing"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
)

// Passwords are not hashed while a session holds the only writer.
func TestHashingInsideASession(t *testing.T) {
	t.Parallel()
	p := passwords(t, cheap)
	stored := hash(t, p, "correct horse battery")
	for name, use := range map[string]func(context.Context) error{
		"Hash":   func(ctx context.Context) error { _, err := p.Hash(ctx, "correct horse battery"); return err },
		"Verify": func(ctx context.Context) error { _, err := p.Verify(ctx, stored, "correct horse battery"); return err },
	} {
		var before error
		err := dbtest.SQLite(t, nil).Do(t.Context(), func(ctx context.Context, s *db.Session) error {
			before = use(ctx)
			return errors.Join(s.QueryRow(ctx, "SELECT 1").Scan(new(int)), use(ctx))
		})
		if before != nil || !errors.Is(err, db.ErrOutside) {
			t.Errorf("%s: before the first statement %v, after it %v", name, before, err)
		}
	}
}
