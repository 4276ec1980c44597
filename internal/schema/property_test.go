package schema_test

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/terem-go/terem/dao"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/db/sqlite"
	"github.com/terem-go/terem/internal/schema"
	"github.com/terem-go/terem/migrate"
)

// steps is how many changes a database goes through.
const steps = 25

// What is written for random changes of random models leads, on a database with
// rows, to what the models say, keeps the rows, and leads back.
//
// TEREM_SCHEMA_WALKS sets how many databases there are, each with 25 changes.
func TestRandomChanges(t *testing.T) {
	t.Parallel()
	walks := map[db.Dialect]int{db.SQLite: 4, db.Postgres: 4}
	if n, err := strconv.Atoi(os.Getenv("TEREM_SCHEMA_WALKS")); err == nil {
		walks[db.SQLite], walks[db.Postgres] = n, n
	}
	for dialect, n := range walks {
		for seed := range n {
			t.Run(fmt.Sprintf("%s/%d", dialect, seed), func(t *testing.T) {
				t.Parallel()
				w := &walk{T: t, files: fstest.MapFS{}, world: &world{rnd: rand.New(rand.NewPCG(uint64(seed), 7))}}
				if dialect == db.SQLite {
					w.db = quick(t)
				} else {
					w.db = dbtest.Postgres(t, nil)
				}
				w.run()
			})
		}
	}
}

// quick returns a database that is not safe from power failures.
func quick(t *testing.T) *db.DB {
	t.Helper()
	d, err := db.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "walk.db")+"?synchronous=off", db.Config{}, sqlite.Engine)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return d
}

// walk is a database that goes through changes.
type walk struct {
	*testing.T
	db     *db.DB
	world  *world
	files  fstest.MapFS
	number int
}

// past is a state that the walk has left.
type past struct {
	schema *schema.Schema
	files  int // until there
}

func (w *walk) run() {
	was := &schema.Schema{}
	var history []past
	for n := range steps {
		next := w.world.clone()
		c := next.step()
		to, err := next.schema()
		if err != nil {
			w.Fatalf("step %d: the test made models that are wrong: %v", n, err)
		}
		files, err := schema.Change(was, to, []db.Dialect{w.db.Dialect()}, schema.Options{Renames: c.renames, Fills: c.fills, AllowDrop: true})
		if err != nil {
			w.Fatalf("step %d: %v\n%+v", n, err, c)
		}
		history = append(history, past{was, w.number})
		before := w.rows(w.world)
		w.add(files)
		w.up(n, files)
		w.verify(n, to, files)
		w.preserved(n, w.world, next, c, before, files)
		if w.world.rnd.IntN(4) == 0 {
			w.back(n, was, to, len(files))
		}
		w.world, was = next, to
		w.world.names = next.names
		w.insert(n)
	}
	w.empty()
	for i := len(history) - 1; i >= 0; i-- {
		for w.applied() > history[i].files {
			if _, err := w.migrator().Down(w.Context()); err != nil {
				w.Fatalf("back to step %d: %v\n%s", i, err, w.last())
			}
		}
		w.verify(i-1, history[i].schema, nil)
	}
}

func (w *walk) add(files []schema.File) {
	for _, f := range files {
		w.number++
		w.files[fmt.Sprintf("%s/%05d_step%s.sql", f.Dialect, w.number, f.Suffix)] = &fstest.MapFile{Data: []byte(f.Text)}
	}
}

func (w *walk) migrator() *migrate.Migrator {
	files := w.files
	if len(files) == 0 {
		files = fstest.MapFS{string(w.db.Dialect()) + "/00000_none.sql": {Data: []byte("-- +goose Up\n")}}
	}
	m, err := migrate.New(w.db, files, migrate.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		w.Fatal(err)
	}
	return m
}

func (w *walk) up(n int, files []schema.File) {
	if len(w.files) == 0 {
		return
	}
	if _, err := w.migrator().Up(w.Context()); err != nil {
		w.Fatalf("step %d: %v\n%s", n, err, texts(files))
	}
}

func texts(files []schema.File) string {
	var b strings.Builder
	for _, f := range files {
		b.WriteString(f.Text + "\n")
	}
	return b.String()
}

// last returns the file that was applied last.
func (w *walk) last() string {
	n := w.applied()
	for name, f := range w.files {
		if strings.Contains(name, fmt.Sprintf("/%05d_", n)) {
			return string(f.Data)
		}
	}
	return ""
}

// applied returns how many files are applied.
func (w *walk) applied() int {
	states, err := w.migrator().Status(w.Context())
	if err != nil {
		w.Fatal(err)
	}
	n := 0
	for _, s := range states {
		if !s.Pending() {
			n++
		}
	}
	return n
}

func (w *walk) verify(n int, want *schema.Schema, files []schema.File) {
	w.Helper()
	differences, err := want.Verify(w.Context(), w.db)
	if err != nil {
		w.Fatalf("step %d: %v", n, err)
	}
	if len(differences) > 0 {
		w.Fatalf("step %d: the database is not what the models say:\n%s\n%s", n, strings.Join(differences, "\n"), texts(files))
	}
}

// back takes the step back and does it again, with rows. It may fail where rows
// stand in the way, and then has changed nothing.
func (w *walk) back(n int, was, to *schema.Schema, files int) {
	for range files {
		if _, err := w.migrator().Down(w.Context()); err != nil {
			switch db.ClassOf(err) {
			case db.Unique, db.Check, db.NotNull, db.ForeignKey, db.Data:
			default:
				if !strings.Contains(err.Error(), "foreign_key_check") && !strings.Contains(err.Error(), "constraint") && !strings.Contains(err.Error(), "SQLSTATE 23") && !strings.Contains(err.Error(), "SQLSTATE 22") {
					w.Fatalf("back from step %d: %v\n%s", n, err, w.last())
				}
			}
			w.up(n, nil)
			w.verify(n, to, nil)
			return
		}
	}
	w.verify(n-1, was, nil)
	w.up(n, nil)
	w.verify(n, to, nil)
}

// rows returns the values of every column by table, key and column.
func (w *walk) rows(of *world) map[string]map[string]string {
	all := map[string]map[string]string{}
	err := w.db.Read(w.Context(), func(ctx context.Context, r *db.Reader) error {
		for _, m := range of.tables {
			var key, names []string
			for _, k := range m.key() {
				key = append(key, "CAST("+quoted(k.Name)+" AS TEXT)")
			}
			for _, c := range m.columns {
				names = append(names, "CAST("+quoted(c.Name)+" AS TEXT)")
			}
			rows, err := r.Query(ctx, "SELECT "+strings.Join(key, " || '/' || ")+", "+strings.Join(names, ", ")+" FROM "+quoted(m.name))
			if err != nil {
				return err
			}
			for rows.Next() {
				values := make([]*string, len(names)+1)
				var dest []any
				for i := range values {
					dest = append(dest, &values[i])
				}
				if err := rows.Scan(dest...); err != nil {
					return err
				}
				for i, c := range m.columns {
					k := m.name + "." + c.Name
					if all[k] == nil {
						all[k] = map[string]string{}
					}
					if v := values[i+1]; v != nil {
						all[k][*values[0]] = *v
					} else {
						all[k][*values[0]] = "NULL"
					}
				}
			}
			if err := rows.Err(); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		w.Fatal(err)
	}
	return all
}

// preserved checks that columns which are there before and after a step have
// kept their values.
func (w *walk) preserved(n int, before, after *world, c change, was map[string]map[string]string, files []schema.File) {
	is := w.rows(after)
	for _, m := range before.tables {
		table := m.name
		for _, r := range c.renames {
			if new, ok := strings.CutPrefix(r, table+":"); ok {
				table = new
			}
		}
		i := slices.IndexFunc(after.tables, func(o *model) bool { return o.name == table })
		if i < 0 {
			continue
		}
		for _, x := range m.columns {
			name := x.Name
			for _, r := range c.renames {
				if new, ok := strings.CutPrefix(r, table+"."+x.Name+":"+table+"."); ok {
					name = new
				}
			}
			j := slices.IndexFunc(after.tables[i].columns, func(y column) bool { return y.Name == name })
			if j < 0 {
				continue
			}
			y := after.tables[i].columns[j]
			if y.Kind != x.Kind && (y.Kind == "float64" || y.Kind == dao.KindDecimal) {
				continue // 7 and 7.00
			}
			for key, v := range was[m.name+"."+x.Name] {
				got, there := is[table+"."+name][key]
				if !there || got != v && (v != "NULL" || y.Nullable) {
					w.Fatalf("step %d: %s.%s of the row %s was %q and is %q (there: %t)\n%s", n, table, name, key, v, got, there, texts(files))
				}
			}
		}
	}
}

// insert gives every table further rows.
func (w *walk) insert(n int) {
	err := w.db.Do(w.Context(), func(ctx context.Context, s *db.Session) error {
		for _, m := range w.world.tables {
			m.fresh = nil
			for range 3 {
				m.rows++
				var names, values []string
				for _, c := range m.columns {
					if c.Identity || len(m.key()) == 1 && c.Key && c.Kind.Integer() {
						continue
					}
					v := value(w.db.Dialect(), c, m.rows)
					switch r := c.References; {
					case r != nil:
						v = fmt.Sprintf("(SELECT %s FROM %s LIMIT 1)", quoted(r.Column), quoted(r.Table))
					case c.Nullable && w.world.rnd.IntN(3) == 0:
						v = "NULL"
					}
					names, values = append(names, quoted(c.Name)), append(values, v)
				}
				if _, err := s.Exec(ctx, "INSERT INTO "+quoted(m.name)+" ("+strings.Join(names, ", ")+") VALUES ("+strings.Join(values, ", ")+")"); err != nil {
					return fmt.Errorf("%s: %w", m.name, err)
				}
			}
		}
		return nil
	})
	if err != nil {
		w.Fatalf("step %d: a valid row is refused: %v", n, err)
	}
}

// empty deletes all rows.
func (w *walk) empty() {
	err := w.db.Do(w.Context(), func(ctx context.Context, s *db.Session) error {
		for range w.world.tables { // as deep as references go
			for _, m := range slices.Backward(w.world.tables) {
				err := s.Nested(ctx, func(ctx context.Context, s *db.Session) error {
					_, err := s.Exec(ctx, "DELETE FROM "+quoted(m.name))
					return err
				})
				if err != nil && db.ClassOf(err) != db.ForeignKey {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		w.Fatal(err)
	}
}
