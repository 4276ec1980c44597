package db_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/errs"
)

// migrations make a table of notes, whose bodies are unique, and one of
// replies, whose notes are looked for at COMMIT.
var migrations = func() fstest.MapFS {
	f := &fstest.MapFile{Data: []byte(`-- +goose Up
CREATE TABLE notes (body TEXT PRIMARY KEY);
CREATE TABLE replies (note TEXT NOT NULL REFERENCES notes (body) DEFERRABLE INITIALLY DEFERRED);
`)}
	return fstest.MapFS{"sqlite/1_notes.sql": f, "postgres/1_notes.sql": f}
}()

var (
	errPlain = errors.New("the function's own error")
	errTaken = errs.New(errs.Conflict, "notes.taken", "There is such a note.")
)

// write adds a note.
func write(ctx context.Context, s *db.Session, body string) error {
	_, err := s.Exec(ctx, "INSERT INTO notes (body) VALUES ($1)", body)
	return err
}

// notes returns the bodies of the notes that begin with a prefix, without it,
// as a unit of its own sees them.
func notes(t *testing.T, d *db.DB, prefix string) []string {
	t.Helper()
	found := []string{}
	err := d.Read(t.Context(), func(ctx context.Context, r *db.Reader) error {
		found = found[:0]
		rows, err := r.Query(ctx, "SELECT body FROM notes")
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var body string
			if err := rows.Scan(&body); err != nil {
				return err
			}
			if body, ok := strings.CutPrefix(body, prefix); ok {
				found = append(found, body)
			}
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(found)
	return found
}

// do runs a unit of work in a goroutine of its own, since the function may end
// that goroutine. returned tells whether Do did.
func do(t *testing.T, d *db.DB, f func(ctx context.Context, s *db.Session) error) (panicked any, returned bool, err error) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() { panicked = recover() }()
		err = d.Do(t.Context(), f)
		returned = true
	}()
	<-done
	return panicked, returned, err
}
