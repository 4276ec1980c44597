package sqlite_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/sqlite"
)

// Sessions under plain net/http: each request that writes is one unit of work,
// and what it says is true once it is said, since Do returns after the commit.
func Example() {
	dir, err := os.MkdirTemp("", "notes")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	ctx := context.Background()
	d, err := db.Open(ctx, "sqlite:"+filepath.Join(dir, "notes.db"), db.Config{}, sqlite.Engine)
	if err != nil {
		log.Fatal(err)
	}
	defer d.Close(ctx)

	m, err := d.Migrator()
	if err == nil {
		_, err = m.ExecContext(ctx, "CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT NOT NULL UNIQUE)")
	}
	if err != nil {
		log.Fatal(err)
	}
	m.Close()

	mux := http.NewServeMux()
	mux.HandleFunc("POST /notes", func(w http.ResponseWriter, r *http.Request) {
		var id int64
		err := d.Do(r.Context(), func(ctx context.Context, s *db.Session) error {
			return s.QueryRow(ctx, "INSERT INTO notes (body) VALUES ($1) RETURNING id", r.FormValue("body")).Scan(&id)
		})
		switch {
		case db.ClassOf(err) == db.Unique:
			http.Error(w, "there is such a note already", http.StatusConflict)
		case err != nil:
			http.Error(w, "something went wrong", http.StatusInternalServerError)
		default:
			fmt.Fprintf(w, "note %d\n", id)
		}
	})
	mux.HandleFunc("GET /notes/{id}", func(w http.ResponseWriter, r *http.Request) {
		var body string
		err := d.Read(r.Context(), func(ctx context.Context, q *db.Reader) error {
			return q.QueryRow(ctx, "SELECT body FROM notes WHERE id = CAST($1 AS INTEGER)", r.PathValue("id")).Scan(&body)
		})
		switch {
		case errors.Is(err, db.ErrNoRows):
			http.NotFound(w, r)
		case err != nil:
			http.Error(w, "something went wrong", http.StatusInternalServerError)
		default:
			fmt.Fprintln(w, body)
		}
	})

	for _, request := range []string{"POST /notes?body=milk", "POST /notes?body=milk", "POST /notes?body=bread", "GET /notes/2", "GET /notes/3"} {
		method, path, _ := strings.Cut(request, " ")
		answer := httptest.NewRecorder()
		mux.ServeHTTP(answer, httptest.NewRequest(method, path, nil))
		fmt.Print(answer.Code, " ", answer.Body)
	}
	// Output:
	// 200 note 1
	// 409 there is such a note already
	// 200 note 2
	// 200 bread
	// 404 404 page not found
}

// The code that sqlc generates takes the session in the place of a *sql.Tx.
func ExampleNative() {
	dir, err := os.MkdirTemp("", "notes")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	ctx := context.Background()
	d, err := db.Open(ctx, "sqlite:"+filepath.Join(dir, "notes.db"), db.Config{}, sqlite.Engine)
	if err != nil {
		log.Fatal(err)
	}
	defer d.Close(ctx)

	err = d.Do(ctx, func(ctx context.Context, s *db.Session) error {
		if _, err := s.Exec(ctx, "CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT NOT NULL)"); err != nil {
			return err
		}
		id, err := createNote(ctx, sqlite.Native(s), "milk")
		fmt.Println("note", id)
		return err
	})
	if err != nil {
		log.Fatal(err)
	}
	// Output: note 1
}

// createNote is as sqlc writes it, where db is a field of its Queries.
func createNote(ctx context.Context, db sqlite.DBTX, body string) (int64, error) {
	row := db.QueryRowContext(ctx, "INSERT INTO notes (body) VALUES (?) RETURNING id", body)
	var id int64
	err := row.Scan(&id)
	return id, err
}
