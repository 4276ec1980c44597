package dao_test

import (
	"context"
	"strings"
	"testing"

	"github.com/terem-go/terem/dao"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/errs"
)

// The log must name the line of the repository, not one of this package.
func TestNotFoundIsPlacedAtItsCaller(t *testing.T) {
	t.Parallel()
	type Thing struct {
		ID int64 `db:"id,pk"`
	}
	d := dbtest.SQLite(t, nil)
	err := d.Do(context.Background(), func(ctx context.Context, s *db.Session) error {
		if _, err := s.Exec(ctx, "CREATE TABLE things (id INTEGER PRIMARY KEY)"); err != nil {
			return err
		}
		_, err := dao.Of[Thing]("things").Get(ctx, s, 1)
		return err
	})
	if place := errs.From(err).Place(); !strings.HasPrefix(place, "dao/place_test.go:") {
		t.Errorf("placed at %q: %v", place, err)
	}
}
