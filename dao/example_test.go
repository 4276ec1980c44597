package dao_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/terem-go/terem/dao"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/sqlite"
	"github.com/terem-go/terem/errs"
)

// Note is a row of the table notes.
type Note struct {
	ID        int64     `db:"id,pk"` // numbered by the database
	Title     string    `db:"title,unique,size:80"`
	Body      *string   `db:"body"` // may be NULL
	CreatedAt time.Time `db:"created_at,created"`
}

var ErrTitleTaken = errs.New(errs.Conflict, "notes.title_taken", "There is a note of this title already.")

// Notes reads and writes notes. A method says in its signature whether it
// writes.
type Notes struct{ dao.Table[Note] }

// Add writes a note, or returns ErrTitleTaken.
func (r Notes) Add(ctx context.Context, x db.Execer, n *Note) error {
	return dao.Taken(r.Insert(ctx, x, n), "title", ErrTitleTaken)
}

// Beginning returns the notes whose titles begin with a word, by title.
func (r Notes) Beginning(ctx context.Context, q db.Querier, word string) ([]Note, error) {
	return r.Find(ctx, q, dao.Where("title LIKE $1 || ' %'", word), dao.OrderBy("title"))
}

func Example() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "notes")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	d, err := db.Open(ctx, "sqlite:"+filepath.Join(dir, "notes.db"), db.Config{}, sqlite.Engine)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer d.Close(ctx)

	notes := Notes{dao.Of[Note]("notes")}
	err = d.Do(ctx, func(ctx context.Context, s *db.Session) error {
		_, err := s.Exec(ctx, "CREATE TABLE notes (id INTEGER PRIMARY KEY, title TEXT NOT NULL UNIQUE, body TEXT, created_at TIMESTAMP NOT NULL)")
		for _, title := range []string{"Buy paint", "Buy a house", "Mend the roof"} {
			err = errors.Join(err, notes.Add(ctx, s, &Note{Title: title}))
		}
		return err
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	err = d.Read(ctx, func(ctx context.Context, r *db.Reader) error {
		found, err := notes.Beginning(ctx, r, "Buy")
		for _, n := range found {
			fmt.Println(n.ID, n.Title)
		}
		return err
	})
	fmt.Println(err)

	err = d.Do(ctx, func(ctx context.Context, s *db.Session) error {
		return notes.Add(ctx, s, &Note{Title: "Mend the roof"})
	})
	fmt.Println(errors.Is(err, ErrTitleTaken), errs.From(err).Message)
	// Output:
	// 2 Buy a house
	// 1 Buy paint
	// <nil>
	// true There is a note of this title already.
}
