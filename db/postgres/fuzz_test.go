package postgres_test

import (
	"context"
	"strings"
	"testing"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/postgres"
)

// FuzzWrites: what stands before a statement changes nothing of what it is, nor
// does the way in which it is written.
func FuzzWrites(f *testing.F) {
	for _, sql := range []string{"INSERT INTO t VALUES (1)", "select 1", "-- a\nUPDATE", "/* a */ (WITH", "--", "/*", "INSERTED", "\xffINSERT", "DO$$ $$", "(("} {
		f.Add(sql)
	}
	f.Fuzz(func(t *testing.T, sql string) {
		want := postgres.Writes(sql)
		for _, before := range []string{" \n\t", "-- INSERT\n", "/* SELECT */", "("} {
			if got := postgres.Writes(before + sql); got != want {
				t.Errorf("%q writes: %v, and behind %q: %v", sql, want, before, got)
			}
		}
		if word := strings.Fields(sql + " x")[0]; strings.EqualFold(word, "select") && want {
			t.Errorf("%q writes", sql)
		}
	})
}

// FuzzPassword: whatever is wrong with a URL, its password is not in the error.
func FuzzPassword(f *testing.F) {
	for _, s := range [][2]string{
		{"", "@localhost/shop"}, {"a/", "@localhost"}, {"%", "@h:5432/d?x=%zz"}, {"a@b", "@h"}, {"#", "@h/d"}, {"?", "@h:x"}, {" ", "@[::1"},
		{"", "@h/d?pool_max_conns=x"}, {"", "@h/d?max_wait=x"}, {"", "@h/d?sslmode=x"}, {"", "@h:99999/d?target_session_attrs=x"}, {":", "@,@"},
	} {
		f.Add(s[0], s[1])
	}
	f.Fuzz(func(t *testing.T, odd, rest string) {
		const password = "hunter2"
		if strings.Contains(rest, password) || strings.Contains(rest, "sslrootcert") || strings.Contains(rest, "passfile") || strings.Contains(rest, "service") {
			t.Skip()
		}
		for _, url := range []string{"postgres://me:" + password + odd + rest, "postgres://me:" + odd + password + rest} {
			d, err := db.Open(t.Context(), url, db.Config{}, postgres.Engine)
			if err == nil {
				if err := d.Close(context.Background()); err != nil {
					t.Error(err)
				}
				continue
			}
			if strings.Contains(err.Error(), password) {
				t.Errorf("%s: %v", url, err)
			}
		}
	})
}
