package sqltext_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/internal/sqltext"
)

// params returns the parameters of sql, with their places.
func params(d db.Dialect, sql string) []string {
	var found []string
	for t := range sqltext.Tokens(d, sql) {
		if t.Kind == sqltext.Param {
			found = append(found, t.Text)
		}
	}
	return found
}

func TestParams(t *testing.T) {
	t.Parallel()
	both := []db.Dialect{db.SQLite, db.Postgres}
	tests := []struct {
		sql      string
		dialects []db.Dialect
		want     []string
	}{
		{"SELECT $1, $22", both, []string{"$1", "$22"}},
		{"SELECT '$1', $2", both, []string{"$2"}},
		{"SELECT 'it''s $1', $2", both, []string{"$2"}},
		{`SELECT "a$1""$2", $3`, both, []string{"$3"}},
		{"SELECT $1 -- $2\n, $3", both, []string{"$1", "$3"}},
		{"SELECT $1 /* $2 */, $3", both, []string{"$1", "$3"}},
		{"SELECT a$1, $2", both, []string{"$2"}},
		{"SELECT ä$1, $2", both, []string{"$2"}},
		{"SELECT 1$1, $2", both, []string{"$2"}},
		{"SELECT 1.5e-3+$1, .5-$2", both, []string{"$1", "$2"}},
		{"SELECT 0xe-$1", both, []string{"$1"}},
		{"SELECT a-$1, a/$2, a*$3", both, []string{"$1", "$2", "$3"}},
		{"SELECT '$1", both, nil},
		{"SELECT /* $1", both, nil},
		{"SELECT $1abc", both, []string{"$1abc"}},
		{"SELECT $", both, nil},
		{`SELECT '\', $1`, both, []string{"$1"}},

		{"SELECT `a$1`, $2", []db.Dialect{db.SQLite}, []string{"$2"}},
		{"SELECT [a$1], $2", []db.Dialect{db.SQLite}, []string{"$2"}},
		{"SELECT ?, ?3, :a, @b, $c", []db.Dialect{db.SQLite}, []string{"?", "?3", ":a", "@b", "$c"}},
		{"SELECT /* /* */ $1 /* */ */", []db.Dialect{db.SQLite}, []string{"$1"}},

		{"SELECT a[$1]", []db.Dialect{db.Postgres}, []string{"$1"}},
		{"SELECT a::int, b ? 'x', c @> $1, d[1:2]", []db.Dialect{db.Postgres}, []string{"$1"}},
		{"SELECT /* /* */ $1 */ $2", []db.Dialect{db.Postgres}, []string{"$2"}},
		{"SELECT $$ $1 ' $$, $2", []db.Dialect{db.Postgres}, []string{"$2"}},
		{"SELECT $a$ $1 $$ $b$ $a$, $2", []db.Dialect{db.Postgres}, []string{"$2"}},
		{"SELECT $a$ $1", []db.Dialect{db.Postgres}, nil},
		{"SELECT $1$2", []db.Dialect{db.Postgres}, []string{"$1$2"}},
		{`SELECT E'\' $1', e'\\', $2`, []db.Dialect{db.Postgres}, []string{"$2"}},
	}
	for _, test := range tests {
		for _, d := range test.dialects {
			t.Run(string(d)+" "+test.sql, func(t *testing.T) {
				t.Parallel()
				if diff := cmp.Diff(test.want, params(d, test.sql)); diff != "" {
					t.Errorf("parameters (-want +got):\n%s", diff)
				}
			})
		}
	}
}

func TestTokens(t *testing.T) {
	t.Parallel()
	var got []sqltext.Token
	for tok := range sqltext.Tokens(db.SQLite, "SELECT \"a\".b, 'x'>=$1 -- end") {
		got = append(got, tok)
	}
	want := []sqltext.Token{
		{Kind: sqltext.Word, Text: "SELECT"}, {Kind: sqltext.Space, Text: " "},
		{Kind: sqltext.Name, Text: `"a"`}, {Kind: sqltext.Symbol, Text: "."},
		{Kind: sqltext.Word, Text: "b"}, {Kind: sqltext.Symbol, Text: ","},
		{Kind: sqltext.Space, Text: " "}, {Kind: sqltext.String, Text: "'x'"},
		{Kind: sqltext.Symbol, Text: ">"}, {Kind: sqltext.Symbol, Text: "="},
		{Kind: sqltext.Param, Text: "$1"}, {Kind: sqltext.Space, Text: " "},
		{Kind: sqltext.Comment, Text: "-- end"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("tokens (-want +got):\n%s", diff)
	}
}

func FuzzTokens(f *testing.F) {
	for _, s := range []string{"SELECT $1", "'a''b' \"c\" `d` [e]", "$$ $1 $$", "$a$ $a$", "/* /* */ */", "E'\\''", "1e-5 .5 0x1F", "a\x00b\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, sql string) {
		for _, d := range []db.Dialect{db.SQLite, db.Postgres} {
			var joined strings.Builder
			for tok := range sqltext.Tokens(d, sql) {
				if tok.Text == "" {
					t.Fatalf("%s: an empty token in %q", d, sql)
				}
				joined.WriteString(tok.Text)
			}
			if joined.String() != sql {
				t.Fatalf("%s: the tokens of %q make %q", d, sql, joined.String())
			}
		}
	})
}
