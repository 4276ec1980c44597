package schema_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/terem-go/terem/internal/schema"
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
