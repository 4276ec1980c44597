package schema_test

import (
	"fmt"
	"log/slog"
	"os"
	"strings"
	"testing"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/sqlite"
	"github.com/terem-go/terem/internal/schema"
	"github.com/terem-go/terem/migrate"
)

// BenchmarkNew is terem migrate new in an application with 200 tables and 100
// migrations, with a change in one of them.
func BenchmarkNew(b *testing.B) {
	dir := large(b, 200, 100)
	for n := 0; b.Loop(); n++ {
		b.StopTimer()
		write(b, dir+"/domain0/models.go", domain(0, fmt.Sprintf("\tExtra%d *string `db:\"extra%d\"`\n", n, n)))
		b.StartTimer()
		f, err := schema.Open(dir)
		if err != nil {
			b.Fatal(err)
		}
		if w, err := f.New("change", schema.Options{AllowDrop: true}); err != nil || len(w.Files) == 0 {
			b.Fatal(w, err)
		}
	}
}

// BenchmarkUp applies 100 migrations of 200 tables to an empty SQLite file: 50 that
// make four tables, and 50 that make a table anew.
func BenchmarkUp(b *testing.B) {
	dir := module(b, "migrations/sqlite/keep", "")
	next := func() {
		f, err := schema.Open(dir)
		if err != nil {
			b.Fatal(err)
		}
		if w, err := f.New("change", schema.Options{}); err != nil || len(w.Files) != 1 {
			b.Fatal(w, err)
		}
	}
	for i := range 200 {
		write(b, fmt.Sprintf("%s/domain%d/models.go", dir, i), domain(i, ""))
		if i%4 == 3 {
			next()
		}
	}
	for i := range 50 {
		write(b, fmt.Sprintf("%s/domain%d/models.go", dir, i), strings.Replace(domain(i, ""), "size:100", "size:120", 1))
		next()
	}
	for b.Loop() {
		ctx := b.Context()
		d, err := db.Open(ctx, "sqlite:"+b.TempDir()+"/empty.db", db.Config{}, sqlite.Engine)
		if err != nil {
			b.Fatal(err)
		}
		m, err := migrate.New(d, os.DirFS(dir+"/migrations"), migrate.Config{Logger: slog.New(slog.DiscardHandler)})
		if err != nil {
			b.Fatal(err)
		}
		if done, err := m.Up(ctx); err != nil || len(done) != 100 {
			b.Fatal(len(done), err)
		}
		if err := d.Close(ctx); err != nil {
			b.Fatal(err)
		}
	}
}

// large writes an application.
func large(b *testing.B, tables, migrations int) string {
	var files []string
	for i := range tables {
		files = append(files, fmt.Sprintf("domain%d/models.go", i), domain(i, ""))
	}
	dir := module(b, append(files, "migrations/sqlite/keep", "", "migrations/postgres/keep", "")...)
	for range migrations {
		f, err := schema.Open(dir)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := f.Empty("data"); err != nil {
			b.Fatal(err)
		}
	}
	f, err := schema.Open(dir)
	if err != nil {
		b.Fatal(err)
	}
	if _, err := f.Record(); err != nil {
		b.Fatal(err)
	}
	return dir
}

// domain returns a domain's file with a table of 20 columns.
func domain(n int, extra string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "package domain%d\n\nimport (\n\t\"time\"\n\n\t\"github.com/google/uuid\"\n\t\"github.com/shopspring/decimal\"\n\n\t\"github.com/terem-go/terem/dao\"\n)\n\ntype Row struct {\n\tID int64 `db:\"id,pk\"`\n\tAt time.Time `db:\"at,index\"`\n\tKey uuid.UUID `db:\"key,unique\"`\n\tSum decimal.Decimal `db:\"sum,decimal:12:2\"`\n%s", n, extra)
	for i := range 16 {
		fmt.Fprintf(&b, "\tField%d *string `db:\"field%d,size:100\"`\n", i, i)
	}
	fmt.Fprintf(&b, "}\n\nvar Rows = dao.Of[Row](\"rows%d\")\n", n)
	return b.String()
}
