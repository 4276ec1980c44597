package main

import (
	"strings"
	"testing"
	"time"
)

func TestParseStat(t *testing.T) {
	t.Parallel()
	//                            3 4                5 … 13                        14 15 16 17
	const rest = " S 4711 100 100 0 -1 4194560 10 20 0 0 7 8 150 25 20 0 1 0 12345 0 0"
	tests := map[string]string{
		"plain":                "100 (postgres)" + rest,
		"spaces":               "100 (tmux: server)" + rest,
		"a parenthesis inside": "100 (a) S 1 (b)" + rest,
	}
	for name, text := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, err := parseStat(text)
			if want := (stat{parent: 4711, ended: 1750 * time.Millisecond}); err != nil || s != want {
				t.Errorf("got %+v, %v; want %+v", s, err, want)
			}
		})
	}
	for _, text := range []string{"", "100 (postgres) S 1", strings.Replace(tests["plain"], "150", "x", 1)} {
		if s, err := parseStat(text); err == nil {
			t.Errorf("%q: %+v", text, s)
		}
	}
}
