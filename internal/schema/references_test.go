package schema_test

import (
	"context"
	"testing"
	"testing/fstest"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/internal/schema"
)

// Types on both ends of references, keys, and what references rest on change in
// one migration, with rows, and back.
func TestReferencesThatChange(t *testing.T) {
	t.Parallel()
	before := models(t,
		described(t, "users", "int64", "id,pk", "string", "code", "string", "email,unique"),
		described(t, "orders", "int64", "id,pk", "int64", "user_id,ref:users,ondelete:cascade", "*string", "code", "*string", "email,ref:users.email"),
		described(t, "lines", "int64", "id,pk", "int64", "order_id", "int64", "number"),
		described(t, "notes", "int64", "id,pk", "*string", "email,ref:users.email", "*int64", "user_id,ref:users"),
	)
	tree := described(t, "trees", "int64", "id,pk", "string", "name,unique", "*string", "above,ref:trees.name", "*int64", "leaf_id,ref:leaves")
	leaf := described(t, "leaves", "int64", "id,pk", "*int64", "tree_id,ref:trees", "*string", "code,ref:users.code")
	for name, after := range map[string]*schema.Schema{
		"types": models(t,
			described(t, "users", "string", "id,pk", "string", "code", "string", "email,unique"),
			described(t, "orders", "int64", "id,pk", "string", "user_id,ref:users,ondelete:cascade", "*string", "code", "*string", "email,ref:users.email"),
			described(t, "lines", "int64", "id,pk", "int64", "order_id", "int64", "number")),
		"keys": models(t,
			described(t, "users", "int64", "id,unique", "string", "code,pk", "string", "email,unique"),
			described(t, "orders", "int64", "id,pk", "int64", "user_id,ref:users,ondelete:cascade", "*string", "code,ref:users.code", "*string", "email,ref:users.email"),
			described(t, "lines", "int64", "id", "int64", "order_id,pk,ref:orders", "int64", "number,pk")),
		"what they rest on": models(t,
			described(t, "users", "int64", "id,pk", "string", "code,unique", "string", "email"),
			described(t, "orders", "int64", "id,pk", "int64", "user_id,ref:users,ondelete:cascade", "*string", "code,ref:users.code", "*string", "email"),
			described(t, "lines", "int64", "id,pk", "int64", "order_id,ref:orders", "int64", "number"), tree, leaf),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dbtest.Each(t, nil, func(t *testing.T, d *db.DB) {
				w := &walk{T: t, db: d, files: fstest.MapFS{}}
				first := generated(t, &schema.Schema{}, before, d.Dialect(), schema.Options{})
				second := generated(t, before, after, d.Dialect(), schema.Options{AllowDrop: true})
				w.add(first)
				w.up(0, first)
				err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
					for _, sql := range []string{
						"INSERT INTO users (code, email) VALUES ('a', 'a@'), ('b', 'b@')", "INSERT INTO orders (user_id, code, email) VALUES (1, 'a', 'b@'), (2, 'b', NULL)",
						"INSERT INTO lines (order_id, number) VALUES (1, 1), (1, 2), (2, 1)",
					} {
						if _, err := s.Exec(ctx, sql); err != nil {
							return err
						}
					}
					return nil
				})
				if err != nil {
					t.Fatal(err)
				}
				w.add(second)
				w.up(1, second)
				w.verify(1, after, second)
				for range second {
					if _, err := w.migrator().Down(t.Context()); err != nil {
						t.Fatalf("%v\n%s", err, texts(second))
					}
				}
				w.verify(0, before, second)
				err = d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
					_, err := s.Exec(ctx, "INSERT INTO users (code, email) VALUES ('c', 'c@')")
					return err
				})
				if err != nil {
					t.Fatalf("numbers do not go on: %v", err)
				}
				w.up(1, second)
				w.verify(1, after, second)
				var n int
				err = d.Read(t.Context(), func(ctx context.Context, r *db.Reader) error {
					return r.QueryRow(ctx, "SELECT count(*) FROM lines JOIN orders ON orders.id = order_id JOIN users ON users.id = user_id").Scan(&n)
				})
				if err != nil || n != 3 {
					t.Errorf("%d rows refer to each other, %v", n, err)
				}
			})
		})
	}
}
