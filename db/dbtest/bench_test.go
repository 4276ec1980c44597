package dbtest_test

import (
	"os"
	"slices"
	"testing"

	"github.com/terem-go/terem/jobs"
)

// passing is a test that ends before the benchmark does.
type passing struct {
	testing.TB
	cleanups []func()
}

func (p *passing) Cleanup(f func()) { p.cleanups = append(p.cleanups, f) }

func (p *passing) end() {
	for _, f := range slices.Backward(p.cleanups) {
		f()
	}
}

// BenchmarkDatabase is what a test pays for a database of its own that has the
// tables of a new application: one that is made, opened, asked once, closed and
// removed, by as many tests at a time as run in parallel.
func BenchmarkDatabase(b *testing.B) {
	migrations := os.DirFS("../../internal/scaffold/app/migrations")
	for name, open := range engines {
		b.Run(name, func(b *testing.B) {
			use := func() {
				t := &passing{TB: b}
				defer t.end()
				if err := open(t, migrations, jobs.Migrations()).Ping(t.Context()); err != nil {
					b.Error(err)
				}
			}
			use() // makes the template
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					use()
				}
			})
		})
	}
}
