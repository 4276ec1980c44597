package jobs_test

import (
	"context"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/db/postgres"
	"github.com/terem-go/terem/jobs"
	"github.com/terem-go/terem/migrate"
)

// sqliteSchema and postgresSchema describe everything in a database, one line
// for each thing.
const sqliteSchema = `
	SELECT type || ' ' || name || ' on ' || tbl_name || ': ' || coalesce(sql, '') FROM sqlite_schema
	WHERE name NOT LIKE 'sqlite_stat%' AND tbl_name NOT LIKE 'terem_%'
	UNION ALL SELECT 'recorded ' || line || ' ' || version FROM river_migration`

const postgresSchema = `
	SELECT 'table ' || relname || ' ' || relkind::text || relpersistence::text FROM pg_class
	WHERE relnamespace = 'public'::regnamespace AND relname NOT LIKE 'terem_%'
	UNION ALL SELECT 'column ' || attrelid::regclass || '.' || attname || ' ' || format_type(atttypid, atttypmod) || ' ' || attnotnull
		|| ' ' || coalesce(pg_get_expr(adbin, adrelid), '')
	FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
	WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attnum > 0 AND NOT attisdropped AND relname NOT LIKE 'terem_%'
	UNION ALL SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename NOT LIKE 'terem_%'
	UNION ALL SELECT 'constraint ' || conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
	WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text NOT LIKE 'terem_%'
	UNION ALL SELECT 'label ' || enumtypid::regtype || ' ' || enumsortorder || ' ' || enumlabel FROM pg_enum
	UNION ALL SELECT 'function ' || pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
	UNION ALL SELECT 'trigger ' || pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
	UNION ALL SELECT 'recorded ' || line || ' ' || version FROM river_migration`

// The migrations make what River's own migrator makes.
func TestMigrations(t *testing.T) {
	t.Parallel()
	for dialect, c := range map[db.Dialect]struct {
		open   func(t testing.TB, migrations fs.FS, sources ...migrate.Source) *db.DB
		river  func(t *testing.T, d *db.DB)
		schema string
	}{
		db.SQLite: {
			open:   dbtest.SQLite,
			schema: sqliteSchema,
			river: func(t *testing.T, d *db.DB) {
				pool, err := d.Migrator()
				if err != nil {
					t.Fatal(err)
				}
				defer pool.Close()
				riverMigrate(t, riversqlite.New(pool))
			}},
		db.Postgres: {
			open:   dbtest.Postgres,
			schema: postgresSchema,
			river: func(t *testing.T, d *db.DB) {
				pool, err := postgres.Pool(t.Context(), d, 2)
				if err != nil {
					t.Fatal(err)
				}
				defer pool.Close()
				riverMigrate(t, riverpgxv5.New(pool))
			}},
	} {
		t.Run(string(dialect), func(t *testing.T) {
			t.Parallel()
			theirs := c.open(t, nil)
			c.river(t, theirs)
			want, got := described(t, theirs, c.schema), described(t, c.open(t, jobs.Migrations().FS), c.schema)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("schema (-River's +ours):\n%s", diff)
			}
			if !slices.ContainsFunc(want, func(s string) bool { return strings.Contains(s, "river_job_unique_idx") }) {
				t.Errorf("the description lacks an index:\n%s", strings.Join(want, "\n"))
			}
		})
	}
}

func riverMigrate[T any](t *testing.T, d riverdriver.Driver[T]) {
	t.Helper()
	m, err := rivermigrate.New(d, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.Migrate(context.Background(), rivermigrate.DirectionUp, nil); err != nil {
		t.Fatal(err)
	}
}

// described returns the lines of a description in order. White space is nothing:
// our texts lack River's templates.
func described(t *testing.T, d *db.DB, query string) []string {
	t.Helper()
	lines := column[string](t, d, query)
	for i, l := range lines {
		lines[i] = strings.Join(strings.Fields(strings.ReplaceAll(l, "/* TEMPLATE: schema */", "")), " ")
	}
	slices.Sort(lines)
	return lines
}
