package dao_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/terem-go/terem/dao"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
)

// FuzzHostile tries to get a text through as SQL, as a value and as the name of a
// column: what it says is stored and found, or refused, and other rows stay.
// errDone rolls a session back.
var errDone = errors.New("done")

func FuzzHostile(f *testing.F) {
	for _, text := range append(hostile, "title", "-id", "id, title", "title\" --", "number[gte]", "\x00", "\xff") {
		f.Add(text)
	}
	migrations, err := fs.Sub(testdata, "testdata")
	if err != nil {
		f.Fatal(err)
	}
	d := dbtest.SQLite(f, migrations)
	f.Fuzz(func(t *testing.T, text string) {
		err := d.Do(context.Background(), func(ctx context.Context, s *db.Session) error {
			if err := throw(ctx, s, text); err != nil {
				return err
			}
			return errDone
		})
		if !errors.Is(err, errDone) {
			t.Errorf("%q: %v", text, err)
		}
	})
}

// throw does with a text what callers do with what users send.
func throw(ctx context.Context, s *db.Session, text string) error {
	a := author{Name: "bystander"}
	if err := authors.Insert(ctx, s, &a); err != nil {
		return err
	}
	if err := papers.Insert(ctx, s, draft(a.ID, 1)); err != nil {
		return err
	}
	p := draft(a.ID, 2)
	p.Title = text
	err := s.Nested(ctx, func(ctx context.Context, s *db.Session) error { return papers.Insert(ctx, s, p) })
	if fits := utf8.ValidString(text) && utf8.RuneCountInString(text) <= 50 && !strings.Contains(text, "\x00"); fits == (err != nil) {
		return fmt.Errorf("inserted: %w", err)
	}
	if err == nil {
		for _, c := range []dao.Condition{dao.Eq("title", text), dao.In("title", []string{text}), dao.Where("title = $1", text),
			dao.And(dao.Eq("title", text), dao.Not(dao.Eq("number", 1)))} {
			if found, err := papers.Find(ctx, s, c); err != nil || len(found) != 1 || found[0].ID != p.ID {
				return fmt.Errorf("found %d rows, %w", len(found), err)
			}
		}
	}
	for _, use := range []func() error{
		func() error { _, err := papers.Find(ctx, s, dao.OrderBy(text)); return err },
		func() error { _, err := papers.Find(ctx, s, dao.Eq(text, 1)); return err },
		func() error { return papers.Patch(ctx, s, p.ID, dao.Set(text, "x")) },
		func() error { return papers.Update(ctx, s, p, text) },
		func() error { _, err := papers.Scope(text, 1).Count(ctx, s); return err },
		func() error { _, _, err := papers.After(ctx, s, text, 1); return err },
	} {
		if err := use(); err != nil && db.ClassOf(err) != db.Other {
			return fmt.Errorf("it has reached the database as a name: %w", err)
		}
	}
	if n, err := papers.Count(ctx, s, dao.Eq("number", 1)); err != nil || n != 1 {
		return fmt.Errorf("the bystander was hurt: %d, %w", n, err)
	}
	return nil
}
