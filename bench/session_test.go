package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/terem-go/terem/db"
)

func TestSession(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := session(t.Context(), []string{"-rounds", "1", "-n", "10"}, &out); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "The goal is at most 1500 ns and 6 allocations") {
		t.Errorf("%s", &out)
	}
}

func BenchmarkSession(b *testing.B) {
	d := db.New(idle{}, db.Config{})
	b.Run("session", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if err := oneSession(b.Context(), d); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("bare engine", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if err := bareUnit(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
	})
}
