package migrate_test

import (
	"context"
	"fmt"
	"log"
	"log/slog"
	"os"
	"path/filepath"
	"testing/fstest"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/sqlite"
	"github.com/terem-go/terem/migrate"
)

func Example() {
	dir, err := os.MkdirTemp("", "shop")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)

	ctx := context.Background()
	d, err := db.Open(ctx, "sqlite:"+filepath.Join(dir, "shop.db"), db.Config{}, sqlite.Engine)
	if err != nil {
		log.Fatal(err)
	}
	defer d.Close(ctx)

	// An application embeds its folder of migrations instead.
	files := fstest.MapFS{
		"sqlite/00001_users.sql":  {Data: []byte("-- +goose Up\nCREATE TABLE users (id INTEGER PRIMARY KEY);")},
		"sqlite/00002_orders.sql": {Data: []byte("-- +goose Up\nCREATE TABLE orders (id INTEGER PRIMARY KEY);")},
	}
	m, err := migrate.New(d, files, migrate.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		log.Fatal(err)
	}
	if _, err := m.Up(ctx); err != nil {
		log.Fatal(err)
	}
	states, err := m.Status(ctx)
	if err != nil {
		log.Fatal(err)
	}
	for _, s := range states {
		fmt.Println(s.Number, s.File, s.Pending())
	}
	// Output:
	// 1 sqlite/00001_users.sql false
	// 2 sqlite/00002_orders.sql false
}
