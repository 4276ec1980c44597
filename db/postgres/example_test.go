package postgres_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/postgres"
	"github.com/terem-go/terem/internal/pgserver"
)

// An application that has a pool's configuration already opens the engine from
// it. The environment names a database here.
func ExampleNew() {
	ctx := context.Background()
	config, err := pgxpool.ParseConfig(os.Getenv("DATABASE_URL"))
	if err != nil {
		log.Panic(err)
	}
	config.MaxConns = 4
	engine, err := postgres.New(ctx, config)
	if err != nil {
		log.Panic(err)
	}
	d := db.New(engine, db.Config{})
	defer d.Close(ctx)

	var one int
	err = d.Read(ctx, func(ctx context.Context, r *db.Reader) error {
		return r.QueryRow(ctx, "SELECT 1").Scan(&one)
	})
	if err != nil {
		log.Panic(err)
	}
	fmt.Println(one)
}

// Notes is a repository around code that sqlc generates: the session stands in
// the place of a pgx.Tx.
type Notes struct{}

// Create writes a note in its caller's session.
func (Notes) Create(ctx context.Context, s *db.Session, body string) (int64, error) {
	return createNote(ctx, postgres.Native(s), body)
}

// createNote is as sqlc writes it for pgx/v5, where db is a field of its Queries.
func createNote(ctx context.Context, db postgres.DBTX, body string) (int64, error) {
	row := db.QueryRow(ctx, "INSERT INTO notes (body) VALUES ($1) RETURNING id", body)
	var id int64
	err := row.Scan(&id)
	return id, err
}

func ExampleNative() {
	ctx := context.Background()
	d, err := db.Open(ctx, os.Getenv("DATABASE_URL"), db.Config{}, postgres.Engine)
	if err != nil {
		log.Panic(err)
	}
	defer d.Close(ctx)
	err = d.Do(ctx, func(ctx context.Context, s *db.Session) error {
		if _, err := s.Exec(ctx, "CREATE TEMPORARY TABLE notes (id BIGINT GENERATED ALWAYS AS IDENTITY, body TEXT NOT NULL)"); err != nil {
			return err
		}
		id, err := Notes{}.Create(ctx, s, "milk")
		fmt.Println("note", id)
		return err
	})
	if err != nil {
		log.Panic(err)
	}
}

// The examples need a server, so they have no output to be compared and are run
// here: they panic when they fail.
func TestExamples(t *testing.T) {
	server, err := pgserver.Shared(t.Context())
	if err != nil {
		if os.Getenv("TEREM_TEST") == "all" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	t.Setenv("DATABASE_URL", server.URL("postgres"))
	ExampleNew()
	ExampleNative()
}
