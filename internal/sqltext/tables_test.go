package sqltext_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/internal/sqltext"
)

func TestTables(t *testing.T) {
	t.Parallel()
	type list []string
	for sql, want := range map[string][2]list{
		"SELECT 1":                          {},
		"SELECT * FROM users WHERE id = $1": {{"users"}, nil},
		"select u.id from Users u, public.orders as o, \"Bills\" where x in (select from jobs)": {{"users", "orders", "Bills", "jobs"}, nil},
		"SELECT * FROM a JOIN b USING (id) LEFT JOIN LATERAL (SELECT * FROM c) x ON true":       {{"a", "b", "c"}, nil},
		"SELECT * FROM generate_series(1, 3) g":                                                 {},
		"SELECT extract(year FROM at), trim(both 'x' from name) FROM a":                         {{"a"}, nil},
		"SELECT * FROM a WHERE x IS DISTINCT FROM y FOR NO KEY UPDATE":                          {{"a"}, nil},
		"SELECT 'FROM x', \"from\" /* FROM y */ FROM a -- FROM z":                               {{"a"}, nil},
		"INSERT INTO a (x) SELECT y FROM b ON CONFLICT (x) DO UPDATE SET x = 1":                 {{"b"}, {"a"}},
		"INSERT INTO a VALUES (1)":                                                              {nil, {"a"}},
		"UPDATE OR IGNORE a SET x = (SELECT max(x) FROM a)":                                     {{"a"}, {"a"}},
		"UPDATE ONLY a SET x = b.x FROM b":                                                      {{"b"}, {"a"}},
		"DELETE FROM a USING b WHERE a.id = b.id":                                               {{"b"}, {"a"}},
		"TRUNCATE a":       {nil, {"a"}},
		"TRUNCATE TABLE a": {nil, {"a"}},
		"WITH RECURSIVE t(n) AS (SELECT 1 FROM a UNION SELECT n FROM t), u AS NOT MATERIALIZED (SELECT 1 FROM b) SELECT * FROM t, u": {{"a", "b"}, nil},
		"WITH moved AS (DELETE FROM a RETURNING *) INSERT INTO b SELECT * FROM moved":                                                {nil, {"a", "b"}},
		"id IN (SELECT user_id FROM logins) AND x = $1":                                                                              {{"logins"}, nil},
		"SELECT * FROM":                {},
		"SELECT * FROM (":              {},
		"SELECT * FROM a, ":            {{"a"}, nil},
		"SELECT * FROM [a b]":          {{"a b"}, nil},
		"DELETE FROM a; DELETE FROM b": {nil, {"a", "b"}},
	} {
		dialect := db.Postgres
		if sql == "SELECT * FROM [a b]" {
			dialect = db.SQLite
		}
		reads, writes := sqltext.Tables(dialect, sql)
		if diff := cmp.Diff(want, [2]list{reads, writes}); diff != "" {
			t.Errorf("%s (-want +got):\n%s", sql, diff)
		}
	}
}
