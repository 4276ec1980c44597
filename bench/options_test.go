package main

import (
	"strings"
	"testing"
	"time"
)

func TestPatterns(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		only string
		want []string // some that are chosen
		not  []string // some that are not
	}{
		"all":           {"", []string{"pg-read/hand", "sqlite-insert/pocketbase"}, nil},
		"a row":         {"pg-read", []string{"pg-read/hand", "pg-read/gorm"}, []string{"pg-insert/hand", "sqlite-read/hand"}},
		"a contestant":  {"*/terem", []string{"pg-read/terem", "sqlite-insert/terem"}, []string{"pg-read/hand"}},
		"of one engine": {"sqlite-*", []string{"sqlite-read/bun"}, []string{"pg-read/bun"}},
		"two":           {"pg-insert,sqlite-read/hand", []string{"pg-insert/terem", "sqlite-read/hand"}, []string{"sqlite-read/terem"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, err := parsePatterns(test.only)
			if err != nil {
				t.Fatal(err)
			}
			for _, chosen := range []struct {
				names []string
				want  bool
			}{{test.want, true}, {test.not, false}} {
				for _, n := range chosen.names {
					row, entry, _ := strings.Cut(n, "/")
					if got := p.choose(row, entry); got != chosen.want {
						t.Errorf("%s: %t", n, got)
					}
				}
			}
		})
	}
}

func TestQuickIsShort(t *testing.T) {
	t.Parallel()
	o, err := parseOptions([]string{"-quick", "-rounds", "9"})
	if err != nil || o.rounds != 1 || o.each > time.Second {
		t.Errorf("%+v, %v", o, err)
	}
}

// Contestants are found by their names, so these must be unique, and what a row
// names must be there.
func TestRows(t *testing.T) {
	t.Parallel()
	for _, r := range rows {
		names := map[string]bool{}
		for _, e := range r.entries {
			if names[e.name] || (e.program == self) == (e.run == "") || e.dialect.path == "" {
				t.Errorf("%s/%s: %+v", r.name, e.name, e)
			}
			names[e.name] = true
		}
		for _, g := range r.goals {
			if !names[g.against] {
				t.Errorf("%s has a goal against %s, which it does not have", r.name, g.against)
			}
		}
		if !names[r.base] || !names["terem"] {
			t.Errorf("%s lacks its base or Terem", r.name)
		}
	}
}
