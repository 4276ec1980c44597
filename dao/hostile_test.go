package dao_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/dao"
	"github.com/terem-go/terem/db"
)

// hostile are texts that mean something to somebody who pastes them into SQL.
var hostile = []string{
	`'`, `''`, `"`, `\`, `\'`, "`", `]`, `;`, `--`, `/*`, `*/`, `$1`, `$2`, `?`, `:a`, `@a`, `$$`, `%`, `_`, `NULL`,
	`'; DROP TABLE users; --`, `" OR 1=1 --`, `') OR ('1'='1`, `$1'; DELETE FROM users; --`, `E'\''`, "a\nb\r\n\t",
	`Robert'); DROP TABLE users;--`, `{{.}}`, `%s%d%n`, "\u2028\ufeff\u202e", "𝕊𝕢𝕝", strings.Repeat("'", 100),
}

func TestHostileValuesAreOnlyValues(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, s *db.Session) {
		must(t, users.Insert(ctx, s, &user{Email: "bystander", Name: new("bystander")}))
		must(t, orders.Insert(ctx, s, &order{"bystander", 1, "bystander"}))
		for _, text := range hostile {
			u := user{Email: text}
			must(t, users.Insert(ctx, s, &u))
			u.Name = &text
			must(t, users.Update(ctx, s, &u))
			must(t, users.Update(ctx, s, &u, "name", "email"))
			for name, opts := range map[string][]dao.Option{
				"one condition":  {dao.Where("email = $1", text)},
				"two conditions": {dao.Where("email = $1", text), dao.Where("name = $1 AND email = $2", text, text)},
			} {
				got, err := users.One(ctx, s, opts...)
				if err != nil || !cmp.Equal(&u, got) {
					t.Fatalf("%q by %s: %+v, %v", text, name, got, err)
				}
				if found, err := users.Find(ctx, s, append(opts, dao.Limit(5))...); err != nil || len(found) != 1 {
					t.Errorf("%q by %s: found %v, %v", text, name, found, err)
				}
				if found, total, err := users.Page(ctx, s, 1, 5, opts...); err != nil || len(found) != 1 || total != 1 {
					t.Errorf("%q by %s: page of %v, %v", text, name, found, err)
				}
			}
			where := dao.Where("name = $1", text)
			if n, err := users.Count(ctx, s, where); err != nil || n != 1 {
				t.Errorf("%q: counted %d, %v", text, n, err)
			}
			if found, err := users.Exists(ctx, s, where); err != nil || !found {
				t.Errorf("%q: exists %t, %v", text, found, err)
			}
			if list, err := dao.Query[string](ctx, s, "SELECT name FROM users WHERE email = $1", text); err != nil || !cmp.Equal(list, []string{text}) {
				t.Errorf("%q: queried %q, %v", text, list, err)
			}

			o := order{text, 1, text}
			must(t, orders.Insert(ctx, s, &o))
			if got, err := orders.Get(ctx, s, text, 1); err != nil || *got != o {
				t.Errorf("%q as a key: %v, %v", text, got, err)
			}
			must(t, orders.Delete(ctx, s, text, 1))
			must(t, users.Delete(ctx, s, u.ID))
		}
		if n, err := users.Count(ctx, s, dao.Where("email = $1 AND name = $1", "bystander")); err != nil || n != 1 {
			t.Errorf("the bystander was hurt: %d, %v", n, err)
		}
		if rest, err := orders.Find(ctx, s); err != nil || !cmp.Equal(rest, []order{{"bystander", 1, "bystander"}}) {
			t.Errorf("the bystander was hurt: %v, %v", rest, err)
		}
	})
}
