package auth_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/terem-go/terem/auth"
	"github.com/terem-go/terem/auth/authtest"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
)

// meanwhile is an observer that does something before the first statement that begins
// so.
type meanwhile struct {
	begins string
	do     func()
	once   sync.Once
}

var _ db.Observer = (*meanwhile)(nil)

func (*meanwhile) Begin(ctx context.Context, _ *db.Attempt) context.Context { return ctx }
func (*meanwhile) After(context.Context, *db.Attempt, error)                {}
func (*meanwhile) End(context.Context, *db.Attempt)                         {}

func (m *meanwhile) Before(ctx context.Context, a *db.Attempt) (context.Context, error) {
	if strings.HasPrefix(a.SQL, m.begins) {
		m.once.Do(m.do)
	}
	return ctx, nil
}

// Of two requests at once, none turns off what the other has turned on, nor turns on a
// secret that it has seen no code of. (SQLite has one writer at a time.)
func TestFactorsAtOnce(t *testing.T) {
	t.Parallel()
	vault, err := auth.NewVault(derive(t, "factors"))
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	factors := auth.NewFactors(auth.FactorsConfig{Vault: vault, Issuer: "Shop", Now: func() time.Time { return now }})
	d := dbtest.Postgres(t, auth.Migrations())
	ctx := context.WithoutCancel(t.Context())
	begin := func(subject string) (secret string, err error) {
		err = d.Do(ctx, func(ctx context.Context, s *db.Session) (err error) {
			secret, _, err = factors.Begin(ctx, s, subject, "ada@example.com")
			return err
		})
		return secret, err
	}
	confirm := func(subject, secret string) error {
		return d.Do(ctx, func(ctx context.Context, s *db.Session) error {
			_, err := factors.Confirm(ctx, s, subject, authtest.Code(t, secret, now))
			return err
		})
	}
	on := func(subject string) (on bool) {
		t.Helper()
		err := d.Read(ctx, func(ctx context.Context, r *db.Reader) (err error) { on, err = factors.On(ctx, r, subject); return err })
		if err != nil {
			t.Fatal(err)
		}
		return on
	}
	secret, err := begin("17")
	if err != nil {
		t.Fatal(err)
	}
	var confirmed error
	d.Observe(&meanwhile{begins: "INSERT INTO terem_factors", do: func() { confirmed = confirm("17", secret) }})
	if _, err := begin("17"); confirmed != nil || !errors.Is(err, auth.ErrFactorOn) || !on("17") {
		t.Errorf("begun while it is confirmed: %v, confirmed: %v, on: %t", err, confirmed, on("17"))
	}

	if secret, err = begin("18"); err != nil {
		t.Fatal(err)
	}
	var again error
	d.Observe(&meanwhile{begins: "UPDATE terem_factors SET confirmed", do: func() { _, again = begin("18") }})
	if err := confirm("18", secret); again != nil || !errors.Is(err, auth.ErrWrongCode) || on("18") {
		t.Errorf("confirmed while it is begun anew: %v, begun: %v, on: %t", err, again, on("18"))
	}
}
