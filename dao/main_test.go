package dao_test

import (
	"context"
	"embed"
	"errors"
	"io/fs"
	"testing"
	"time"

	"github.com/terem-go/terem/dao"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/errs"
)

//go:embed testdata
var testdata embed.FS

// user is a row of the table users.
type user struct {
	ID        int64     `db:"id,pk"`
	Email     string    `db:"email,unique,size:320"`
	Name      *string   `db:"name"`
	Age       int       `db:"age"`
	CreatedAt time.Time `db:"created_at,created"`
	UpdatedAt time.Time `db:"updated_at,updated"`
}

// order is a row of the table order, whose names are keywords.
type order struct {
	Shop   string `db:"shop,pk"`
	Number int    `db:"number,pk"`
	Select string `db:"select"`
}

// number is a row of a table that has nothing but its key.
type number struct {
	ID int32 `db:"id,pk"`
}

var (
	users   = dao.Of[user]("users")
	orders  = dao.Of[order]("order")
	numbers = dao.Of[number]("numbers")
)

// migrations are those of the tables.
func migrations(t *testing.T) fs.FS {
	t.Helper()
	fsys, err := fs.Sub(testdata, "testdata")
	must(t, err)
	return fsys
}

// each runs f in a session on both engines, on tables without rows, and commits.
func each(t *testing.T, f func(t *testing.T, ctx context.Context, s *db.Session)) {
	t.Parallel()
	dbtest.Each(t, migrations(t), func(t *testing.T, d *db.DB) {
		err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
			if d.Dialect() == db.Postgres { // where numbers do not come back with a rollback, and the session may have conflicted
				_, err := s.Exec(ctx, "TRUNCATE users, numbers, things, papers, optionals, tasks RESTART IDENTITY")
				must(t, err)
			}
			f(t, ctx, s)
			return nil
		})
		if err != nil {
			t.Errorf("the session ended with %v", err)
		}
	})
}

// nested runs f in a savepoint, since it fails.
func nested(ctx context.Context, s *db.Session, f func() error) error {
	return s.Nested(ctx, func(context.Context, *db.Session) error { return f() })
}

// must stops the test on an error.
func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// wantNotFound checks the error for a row that is not there.
func wantNotFound(t *testing.T, err error, code string) {
	t.Helper()
	e := errs.From(err)
	switch {
	case err == nil:
		t.Error("no error for a row that is not there")
	case e.Kind != errs.NotFound || e.Code != code || e.Message != "There is no such record.":
		t.Errorf("error %v, want %s", err, code)
	case errors.Is(err, db.ErrNoRows):
		t.Error("db.ErrNoRows leaks")
	case e.Place() == "":
		t.Error("the error does not tell where it was made")
	}
}
