package migratelint_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/internal/migratelint"
)

// folder returns migrations from names and texts in turn.
func folder(namesAndTexts ...string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for i := 0; i < len(namesAndTexts); i += 2 {
		fsys[namesAndTexts[i]] = &fstest.MapFile{Data: []byte(namesAndTexts[i+1])}
	}
	return fsys
}

var want = regexp.MustCompile(`-- want [a-z][a-z-]*( [a-z][a-z-]*)*`)

// check compares what is found with the comments "-- want RULE", each in the line
// of a finding.
func check(t *testing.T, fsys fstest.MapFS) {
	t.Helper()
	expected := map[string]int{}
	for name, file := range fsys {
		for i, line := range strings.Split(string(file.Data), "\n") {
			if m := want.FindString(line); m != "" {
				for _, rule := range strings.Fields(m)[2:] {
					expected[fmt.Sprintf("%s:%d %s", name, i+1, rule)]++
				}
			}
		}
	}
	findings, err := migratelint.Lint(fsys)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]int{}
	for _, f := range findings {
		got[fmt.Sprintf("%s:%d %s", f.File, f.Line, f.Rule)]++
		if f.Title == "" || f.Reason == "" || f.WayOut == "" || strings.Contains(f.Title, "%") {
			t.Errorf("not said whole: %+v", f)
		}
	}
	if diff := cmp.Diff(expected, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// on is the file of a case that has only the statements of Up.
func on(statements string) string {
	return "-- +goose Up\n" + statements + "\n-- +goose Down\nSELECT 1;\n"
}

const alone = "-- +goose NO TRANSACTION\n"

// The SQL that a rule must find, and SQL that nothing may be found in.
func TestPostgres(t *testing.T) {
	t.Parallel()
	for rule, cases := range map[string][]string{
		"index-blocks-writes": {
			on("CREATE INDEX a ON orders (id); -- want index-blocks-writes"),
			on("/* why */ create unique index if not exists a on only public.\"orders\" (lower(id)); -- want index-blocks-writes"),
			alone + on("REINDEX (VERBOSE) TABLE orders; -- want index-blocks-writes"),
			on("CREATE TABLE IF NOT EXISTS public.orders (id INT);\nCREATE INDEX a ON Orders (id);"),
			on("CREATE MATERIALIZED VIEW totals AS SELECT 1;\nCREATE INDEX a ON totals (id);"),
			on("CREATE TABLE new (id INT);\nALTER TABLE new RENAME TO orders;\nCREATE INDEX a ON orders (id);"),
			alone + on("CREATE INDEX CONCURRENTLY a ON orders (id);"),
			on("SELECT 'CREATE INDEX a ON orders (id)'; -- CREATE INDEX a ON orders (id);"),
		},
		"concurrently-in-transaction": {
			on("CREATE UNIQUE INDEX CONCURRENTLY a ON orders (id); -- want concurrently-in-transaction"),
			on("DROP INDEX CONCURRENTLY IF EXISTS a; -- want concurrently-in-transaction"),
			on("REINDEX INDEX CONCURRENTLY a; -- want concurrently-in-transaction"),
			on("ALTER TABLE a DETACH PARTITION b CONCURRENTLY; -- want concurrently-in-transaction"),
			on("VACUUM orders; -- want concurrently-in-transaction"),
			"-- +goose Up\n-- +goose Down\nDROP INDEX CONCURRENTLY a; -- want concurrently-in-transaction\n",
			alone + on("-- +goose StatementBegin\nSET lock_timeout = '1s';\nCREATE INDEX CONCURRENTLY a ON orders (id); -- want concurrently-in-transaction\n-- +goose StatementEnd"),
			alone + on("VACUUM ANALYZE orders;"),
			alone + on("DROP INDEX CONCURRENTLY IF EXISTS a;\nCREATE INDEX CONCURRENTLY a ON orders (id);"),
			on("REFRESH MATERIALIZED VIEW CONCURRENTLY totals;"),
		},
		"unique-blocks": {
			on("ALTER TABLE orders ADD CONSTRAINT u UNIQUE (id); -- want unique-blocks"),
			on("ALTER TABLE orders ADD UNIQUE (id), ADD PRIMARY KEY (n); -- want unique-blocks unique-blocks"),
			on("ALTER TABLE orders ADD COLUMN code TEXT UNIQUE; -- want unique-blocks"),
			on("ALTER TABLE orders ADD CONSTRAINT u UNIQUE USING INDEX orders_u;"),
			on("CREATE TABLE orders (id INT);\nALTER TABLE orders ADD UNIQUE (id);"),
		},
		"not-null-without-default": {
			on("ALTER TABLE orders ADD COLUMN n INT NOT NULL; -- want not-null-without-default"),
			on("ALTER TABLE ONLY orders ADD IF NOT EXISTS n NUMERIC(10, 2) NOT NULL, ADD m INT; -- want not-null-without-default"),
			on("ALTER TABLE orders ADD COLUMN n INT NOT NULL DEFAULT 0;"),
			on("ALTER TABLE orders ADD COLUMN n INT;"),
		},
		"set-not-null": {
			on("ALTER TABLE orders ALTER COLUMN n SET NOT NULL; -- want set-not-null"),
			on("ALTER TABLE orders ALTER n SET NOT NULL; -- want set-not-null"),
			on("ALTER TABLE orders ADD CONSTRAINT c NOT NULL n; -- want set-not-null"),
			on("ALTER TABLE orders ALTER COLUMN n DROP NOT NULL, ALTER m SET DEFAULT 1;"),
			on("ALTER TABLE orders ADD CONSTRAINT c NOT NULL n NOT VALID;"),
			on("CREATE TABLE orders (n INT);\nALTER TABLE orders ALTER n SET NOT NULL;"),
		},
		"volatile-default": {
			on("ALTER TABLE orders ADD COLUMN code UUID NOT NULL DEFAULT gen_random_uuid(); -- want volatile-default"),
			on("ALTER TABLE orders ADD COLUMN n BIGSERIAL; -- want volatile-default"),
			on("ALTER TABLE orders ADD COLUMN n BIGINT GENERATED ALWAYS AS IDENTITY; -- want volatile-default"),
			on("ALTER TABLE orders ADD COLUMN n INT GENERATED ALWAYS AS (a + b) STORED; -- want volatile-default"),
			on("ALTER TABLE orders ADD COLUMN at TIMESTAMPTZ NOT NULL DEFAULT now();"),
			on("ALTER TABLE orders ADD COLUMN code TEXT DEFAULT 'gen_random_uuid()';"),
			on("ALTER TABLE orders ALTER COLUMN code SET DEFAULT gen_random_uuid();"),
		},
		"type-change": {
			on("ALTER TABLE orders ALTER COLUMN n TYPE BIGINT; -- want type-change"),
			on("ALTER TABLE orders ALTER n SET DATA TYPE BIGINT USING n::BIGINT; -- want type-change"),
			on("CREATE TABLE orders (n INT);\nALTER TABLE orders ALTER n TYPE BIGINT;"),
			on("ALTER TYPE mood ADD VALUE 'sad';"),
		},
		"constraint-validates": {
			on("ALTER TABLE orders ADD CONSTRAINT f FOREIGN KEY (a, b) REFERENCES users (a, b) ON DELETE CASCADE; -- want constraint-validates"),
			on("ALTER TABLE orders ADD FOREIGN KEY (a) REFERENCES users; -- want constraint-validates"),
			on("ALTER TABLE orders ADD CONSTRAINT c CHECK (n > 0 AND m IS NOT NULL); -- want constraint-validates"),
			on("ALTER TABLE orders ADD COLUMN n INT CHECK (n > 0); -- want constraint-validates"),
			on("ALTER TABLE orders ADD COLUMN n INT DEFAULT 1 REFERENCES users; -- want constraint-validates"),
			on("ALTER TABLE orders ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES users NOT VALID;"),
			on("ALTER TABLE orders ADD CHECK (n > 0) NOT VALID;"),
			on("ALTER TABLE orders ADD COLUMN n INT REFERENCES users ON DELETE SET NULL;"),
			on("CREATE TABLE orders (n INT CHECK (n > 0), FOREIGN KEY (n) REFERENCES users);"),
		},
		"validate-with-add": {
			on("ALTER TABLE orders ADD CONSTRAINT c CHECK (n > 0) NOT VALID;\nALTER TABLE orders VALIDATE CONSTRAINT c; -- want validate-with-add"),
			on("ALTER TABLE orders ADD CONSTRAINT c CHECK (n > 0) NOT VALID, VALIDATE CONSTRAINT c; -- want validate-with-add"),
			alone + on("ALTER TABLE orders ADD CONSTRAINT c CHECK (n > 0) NOT VALID; -- want partial\nALTER TABLE orders VALIDATE CONSTRAINT c;"),
			on("ALTER TABLE orders VALIDATE CONSTRAINT c;"),
		},
		"drop-column": {
			on("ALTER TABLE orders DROP COLUMN n; -- want drop-column"),
			on("ALTER TABLE IF EXISTS shop.orders DROP n CASCADE, DROP COLUMN IF EXISTS m; -- want drop-column drop-column"),
			on("ALTER TABLE orders DROP CONSTRAINT c;"),
			on("CREATE TABLE orders (n INT, m INT);\nALTER TABLE orders DROP n;"),
			"-- +goose Up\nALTER TABLE orders ADD n INT;\n-- +goose Down\nALTER TABLE orders DROP n;\n",
		},
		"drop-table": {
			on("DROP TABLE orders; -- want drop-table"),
			on("DROP TABLE IF EXISTS orders, carts CASCADE; -- want drop-table drop-table"),
			on("CREATE TEMP TABLE t (id INT);\nDROP TABLE t;"),
			on("DROP VIEW totals;"),
		},
		"rename": {
			on("ALTER TABLE orders RENAME TO purchases; -- want rename"),
			on("ALTER TABLE orders RENAME COLUMN n TO m; -- want rename"),
			on("ALTER TABLE orders RENAME n TO m; -- want rename"),
			on("ALTER TABLE orders RENAME CONSTRAINT n TO m;"),
			on("ALTER INDEX a RENAME TO b;"),
		},
		"lock-table": {
			on("LOCK TABLE orders IN EXCLUSIVE MODE; -- want lock-table"),
			on("LOCK orders; -- want lock-table"),
			on("SET LOCAL lock_timeout = '1s';"),
		},
		"rewrite-table": {
			alone + on("VACUUM FULL orders; -- want rewrite-table"),
			alone + on("VACUUM (ANALYZE, FULL) orders; -- want rewrite-table"),
			alone + on("VACUUM FULL; -- want rewrite-table"),
			on("CLUSTER orders USING a; -- want rewrite-table"),
			on("ALTER TABLE orders SET UNLOGGED; -- want rewrite-table"),
			on("ALTER TABLE orders SET ACCESS METHOD columnar; -- want rewrite-table"),
			alone + on("VACUUM orders;"),
			on("ALTER TABLE orders SET (fillfactor = 70);"),
		},
		"many-tables": {
			on("ALTER TABLE a ADD n INT;\nALTER TABLE b ADD n INT; -- want many-tables\nALTER TABLE b ADD m INT;"),
			on("ALTER TABLE a ADD n INT;\nCREATE TRIGGER t AFTER INSERT ON b EXECUTE FUNCTION f(); -- want many-tables"),
			on("ALTER TABLE a ADD n INT;\nTRUNCATE TABLE b; -- want many-tables"),
			on("ALTER TABLE a ADD n INT;\nALTER TABLE a ADD m INT;"),
			on("CREATE TABLE b (id INT REFERENCES a);\nALTER TABLE b ADD n INT;\nALTER TABLE a ADD n INT;"),
			alone + on("ALTER TABLE a ADD IF NOT EXISTS n INT;\nALTER TABLE b ADD n INT;"),
			on("UPDATE a SET n = 1;\nALTER TABLE b ADD n INT;"),
		},
		"partial": {
			alone + on("ALTER TABLE a ADD n INT; -- want partial\nCREATE INDEX CONCURRENTLY i ON a (n);"),
			alone + on("ALTER TABLE a ADD IF NOT EXISTS n INT;\nCREATE INDEX CONCURRENTLY i ON a (n);"),
			alone + on("SET lock_timeout = '1s';\nALTER TABLE a ADD n INT;"),
			alone + "-- +goose Up\nSELECT 1;\n-- +goose Down\nCREATE TABLE a (n INT); -- want partial\nCREATE TABLE b (n INT);\n",
			on("ALTER TABLE a ADD n INT;\nALTER TABLE a ADD m INT;"),
		},
		"cut-statement": {
			on("CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ -- want cut-statement\nBEGIN\n\tNULL;\n\tDROP TABLE a;\nEND $$;\nDROP TABLE a;"),
			on("INSERT INTO a VALUES ('one; -- want cut-statement\ntwo');"),
			on("CREATE FUNCTION f() RETURNS INT BEGIN ATOMIC SELECT 1; -- want cut-statement\nEND;"),
			on("-- +goose StatementBegin\nDO $$\nBEGIN\n\tNULL;\nEND $$;\n-- +goose StatementEnd"),
			on("INSERT INTO a VALUES ('one; two'); -- three;"),
			on("CREATE FUNCTION f() RETURNS INT BEGIN ATOMIC SELECT CASE WHEN TRUE THEN 1 END; END;"),
		},
		"unreadable": {"-- +goose Up\nSELECT 1 -- want unreadable", "SELECT 1; -- want unreadable\n"},
		"no-down": {
			"-- want no-down\n-- +goose Up\nSELECT 1;\n",
			"-- want no-down\n-- +goose Up\nSELECT 1;\n-- +goose Down\n-- nothing\n",
			"-- +goose Up\n-- SQLite only: …\n",
		},
	} {
		t.Run(rule, func(t *testing.T) {
			t.Parallel()
			for _, text := range cases {
				check(t, folder("postgres/00001_a.sql", text))
			}
			if !strings.Contains(cases[0], "-- want "+rule) || strings.Contains(cases[len(cases)-1], "-- want "+rule) && rule != "unreadable" {
				t.Error("a rule needs what it must find, and what it must not")
			}
		})
	}
}

// What a file must have done before counts in the order of the numbers.
func TestSetNotNullAfterAValidatedCheck(t *testing.T) {
	t.Parallel()
	add := on("ALTER TABLE orders ADD CONSTRAINT c CHECK (n IS NOT NULL) NOT VALID;")
	validate := on("ALTER TABLE orders VALIDATE CONSTRAINT c;")
	set := on("ALTER TABLE orders ALTER COLUMN n SET NOT NULL, DROP CONSTRAINT c;")
	found := on("ALTER TABLE orders ALTER COLUMN n SET NOT NULL; -- want set-not-null")
	other := on("ALTER TABLE orders ALTER COLUMN m SET NOT NULL; -- want set-not-null")
	drop := on("ALTER TABLE orders DROP CONSTRAINT IF EXISTS c;")
	check(t, folder("postgres/9_add.sql", add, "postgres/10_validate.sql", validate, "postgres/11_set.sql", set))
	check(t, folder("postgres/9_add.sql", add, "postgres/11_set.sql", found))
	check(t, folder("postgres/9_add.sql", add, "postgres/10_validate.sql", validate, "postgres/11_set.sql", other))
	check(t, folder("postgres/9_add.sql", add, "postgres/10_validate.sql", validate, "postgres/11_drop.sql", drop, "postgres/12_set.sql", found))
}

func TestSQLite(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		on("ALTER TABLE orders ADD COLUMN n INT NOT NULL; -- want not-null-without-default"),
		on("CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE b SET n = 1; -- want cut-statement\nEND;"),
		on("CREATE TABLE new (id INTEGER);\nINSERT INTO new SELECT id FROM orders;\nDROP TABLE orders;\nALTER TABLE new RENAME TO orders;\nCREATE INDEX i ON orders (id);\nCREATE INDEX j ON users (id);"),
		on("-- +goose StatementBegin\nCREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE b SET n = CASE WHEN 1 THEN 2 END; DELETE FROM c; END;\n-- +goose StatementEnd"),
	} {
		check(t, folder("sqlite/00001_a.sql", text))
	}
}

func TestNumbersAndNames(t *testing.T) {
	t.Parallel()
	check(t, folder(
		"postgres/00001_a.sql", on("SELECT 1;"), "sqlite/00001_a.sql", on("SELECT 1;"),
		"postgres/00003_b.sql", on("SELECT 1;"), "sqlite/00003_b.sql", on("SELECT 1;"),
		"postgres/3_c.sql", "-- want same-number\n"+on("SELECT 1;"),
		"sqlite/00004_d.sql", "-- want one-database\n"+on("SELECT 1;"),
		"sqlite/e.sql", "-- want file-name one-database\n"+on("SELECT 1;"),
		"sqlite/README.md", "",
	))
	check(t, folder("postgres/00001_a.sql", on("SELECT 1;")))
	if _, err := migratelint.Lint(folder("mysql/1_a.sql", "")); err == nil || !strings.Contains(err.Error(), "neither a folder postgres nor a folder sqlite") {
		t.Errorf("without folders: %v", err)
	}
}

func TestAccept(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		on("-- terem:accept drop-table because nobody reads it\nDROP TABLE a;"),
		on("-- terem:accept drop-table because nobody reads it\n-- and more words\n\nDROP TABLE a;"),
		on("DROP TABLE a; -- terem:accept drop-table because nobody reads it"),
		on("ALTER TABLE a\n\t-- terem:accept drop-column because nobody reads it\n\tDROP COLUMN b;"),
		on("DROP TABLE a; -- terem:accept drop-table because x\nDROP TABLE b; -- want drop-table many-tables"),
		on("DROP TABLE a; -- want drop-table\n-- terem:accept drop-table because x\n-- terem:accept many-tables because nobody reads them\nDROP TABLE b;"),
		"-- +goose Up\nDROP TABLE a; -- terem:accept drop-table because it is empty\n-- terem:accept no-down because it is empty\n",
		on("-- terem:accept drop-table -- want accept\nDROP TABLE a; -- want drop-table"),
		on("-- want accept -- terem:accept drop-table because \nDROP TABLE a; -- want drop-table"),
		on("-- terem:accept drop-tables because nobody reads it -- want accept\nDROP TABLE a; -- want drop-table"),
		on("-- terem:accept drop-table because nobody reads it -- want accept\nSELECT 1;"),
		on("-- terem:accept -- want accept\nSELECT 1;"),
	} {
		check(t, folder("postgres/00001_a.sql", text))
	}
}

func FuzzLint(f *testing.F) {
	for _, text := range []string{
		on("ALTER TABLE ONLY a.b * ADD COLUMN IF NOT EXISTS c INT NOT NULL, ALTER d TYPE e, RENAME TO f;"), alone + on("VACUUM (FULL) a;"),
		on("CREATE TRIGGER t ON a BEGIN SELECT 1; END;\nREINDEX (;\nLOCK;\nCLUSTER;\nDROP TABLE ,;\nCREATE INDEX ON;\nALTER TABLE;"),
		on("-- terem:accept partial because\nSELECT $$ ( ' \" [ ;"),
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := migratelint.Lint(folder("postgres/1_a.sql", text, "sqlite/1_a.sql", text)); err != nil {
			t.Error(err)
		}
	})
}
