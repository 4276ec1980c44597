package structure_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/terem-go/terem/internal/structure"
)

// domains is how many the application has whose reading is timed.
const domains = 200

// large returns an application of 200 domains, each with a table, ten routes and
// about 800 lines, of which each uses the one before.
func large() string {
	var b strings.Builder
	b.WriteString("-- main.go --\npackage main\n\nimport (\n\t\"github.com/terem-go/terem/app\"\n\n")
	for i := range domains {
		fmt.Fprintf(&b, "\t\"example.com/shop/things%d\"\n", i)
	}
	b.WriteString(")\n\nfunc main() {\n\ta := app.New(app.Config{})\n\ta.Register(\n")
	for i := range domains {
		fmt.Fprintf(&b, "\t\t&things%d.Domain{},\n", i)
	}
	b.WriteString("\t)\n}\n")
	for i := range domains {
		largeDomain(&b, i)
	}
	return b.String()
}

// largeDomain writes one domain.
func largeDomain(b *strings.Builder, n int) {
	pkg := fmt.Sprintf("things%d", n)
	file := func(name string, imports ...string) {
		fmt.Fprintf(b, "-- %s/%s.go --\npackage %[1]s\n\nimport (\n\t\"%[3]s\"\n)\n\n", pkg, name, strings.Join(imports, "\"\n\t\""))
	}
	const api, app, dao, db = "github.com/terem-go/terem/api", "github.com/terem-go/terem/app", "github.com/terem-go/terem/dao", "github.com/terem-go/terem/db"
	file("domain", app, dao)
	fmt.Fprintf(b, "// Domain is a domain.\ntype Domain struct{}\n\n// Register adds it.\nfunc (d *Domain) Register(a *app.App) {\n\trows := Repository{dao.Of[Thing](\"%s\")}\n\ta.Tables(rows)\n\t(&Router{rows}).Routes(a.Router(\"%[1]s\"))\n}\n", pkg)

	file("models", "time")
	b.WriteString("// Thing is a row.\ntype Thing struct {\n\tID int64 `db:\"id,pk\"`\n\tAt time.Time `db:\"at,created\"`\n")
	if n > 0 {
		fmt.Fprintf(b, "\tBefore int64 `db:\"before,ref:things%d\"`\n", n-1)
	}
	for i := range 10 {
		fmt.Fprintf(b, "\tName%d string `db:\"name%[1]d,size:100\"`\n\tCount%[1]d int64 `db:\"count%[1]d\"`\n", i)
	}
	b.WriteString("}\n")

	file("repository", "context", dao, db)
	b.WriteString("// Repository reads and writes things.\ntype Repository struct{ dao.Table[Thing] }\n")
	for i := range 10 {
		fmt.Fprintf(b, `
// ByName%d returns the things of a name.
func (r Repository) ByName%[1]d(ctx context.Context, q db.Querier, name string) ([]Thing, error) {
	rows, err := r.Find(ctx, q, dao.Where("name%[1]d = $1", name), dao.OrderBy("id"))
	if err != nil {
		return nil, err
	}
	return rows, nil
}

// Count%[1]dUp counts a thing up.
func (r Repository) Count%[1]dUp(ctx context.Context, x db.Execer, id int64) error {
	n, err := x.Exec(ctx, "UPDATE %s SET count%[1]d = count%[1]d + 1 WHERE id = $1", id)
	if err != nil || n == 1 {
		return err
	}
	_, err = r.Get(ctx, x, id)
	return err
}
`, i, pkg)
	}

	file("schemas", "time")
	for i := range 10 {
		fmt.Fprintf(b, "// Input%d asks for something.\ntype Input%[1]d struct {\n\tID int64 `path:\"id\"`\n\tName string `query:\"name\"`\n}\n\n// Output%[1]d is a thing.\ntype Output%[1]d struct {\n", i)
		for k := range 8 {
			fmt.Fprintf(b, "\tName%d string `json:\"name%[1]d\"`\n", k)
		}
		b.WriteString("\tAt time.Time `json:\"at\"`\n}\n\n")
		fmt.Fprintf(b, "func newOutput%d(t *Thing) Output%[1]d {\n\treturn Output%[1]d{\n", i)
		for k := range 8 {
			fmt.Fprintf(b, "\t\tName%d: t.Name%[1]d,\n", k)
		}
		b.WriteString("\t\tAt: t.At,\n\t}\n}\n\n")
	}

	imports := []string{"context", api, db}
	before := ""
	if n > 0 {
		before = fmt.Sprintf("things%d", n-1)
		imports = append(imports, "example.com/shop/"+before)
	}
	file("router", imports...)
	b.WriteString("// Router has the routes.\ntype Router struct{ things Repository }\n\n// Routes registers them.\nfunc (rt *Router) Routes(r *api.Router) {\n")
	for i := range 5 {
		fmt.Fprintf(b, "\tapi.Get(r, \"/%s/{id}/get%d\", rt.get%[2]d, api.Public)\n\tapi.Post(r, \"/%[1]s/{id}/set%[2]d\", rt.set%[2]d, api.Public)\n", pkg, i)
	}
	b.WriteString("}\n")
	for i := range 5 {
		fmt.Fprintf(b, `
func (rt *Router) get%d(ctx context.Context, r *db.Reader, in *Input%[1]d) (*Output%[1]d, error) {
	t, err := rt.things.Get(ctx, r, in.ID)
	if err != nil {
		return nil, err
	}
	others, err := rt.things.ByName%[1]d(ctx, r, in.Name)
	if err != nil {
		return nil, err
	}
	for i := range others {
		if others[i].ID == in.ID {
			continue
		}
		if others[i].Count%[1]d > t.Count%[1]d {
			t = &others[i]
		}
	}
	out := newOutput%[1]d(t)
	return &out, nil
}

func (rt *Router) set%[1]d(ctx context.Context, s *db.Session, in *Input%[1]d) (*Output%[1]d, error) {
	t, err := rt.things.Get(ctx, s, in.ID)
	if err != nil {
		return nil, err
	}
	t.Name%[1]d = in.Name
	t.Count%[1]d++
	if err := rt.things.Update(ctx, s, t, "name%[1]d", "count%[1]d"); err != nil {
		return nil, err
	}
	if err := rt.things.Count%[1]dUp(ctx, s, in.ID); err != nil {
		return nil, err
	}
	out := newOutput%[1]d(t)
	return &out, nil
}
`, i)
	}
	if n > 0 {
		fmt.Fprintf(b, "\n// Before is what a thing refers to.\ntype Before = %s.Thing\n", before)
	}
	for i := range 10 {
		fmt.Fprintf(b, "\n// weigh%d weighs things.\nfunc weigh%[1]d(list []Thing) (sum int64) {\n\tfor i, t := range list {\n\t\tswitch {\n\t\tcase t.Count0 > int64(i):\n\t\t\tsum += t.Count%[1]d * 2\n\t\tcase len(t.Name%[1]d) > 3:\n\t\t\tsum++\n\t\tdefault:\n\t\t\tsum -= t.Count1\n\t\t}\n\t}\n\treturn sum\n}\n\nvar _ = weigh%[1]d\n", i)
	}
}

// BenchmarkLoad and BenchmarkRead are what terem check and terem map begin with.
func BenchmarkLoad(b *testing.B) {
	archive := large()
	dir := module(b, archive)
	load(b, dir) // what it depends on is compiled now
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for b.Loop() {
		load(b, dir)
	}
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64(strings.Count(archive, "\n")), "lines")
	b.ReportMetric(float64(after.TotalAlloc-before.TotalAlloc)/float64(b.N)/1e6, "MB/op")
}

func BenchmarkRead(b *testing.B) {
	dir := module(b, large())
	routes := 0
	for b.Loop() {
		b.StopTimer()
		p := load(b, dir)
		b.StartTimer()
		a, err := structure.Read(p)
		if err != nil || a.Missing != nil {
			b.Fatal(err, a.Missing)
		}
		routes = len(a.Routes)
	}
	b.ReportMetric(float64(routes), "routes")
}
