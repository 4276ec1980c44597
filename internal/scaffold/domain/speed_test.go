package domain_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/terem-go/terem/internal/change"
	"github.com/terem-go/terem/internal/scaffold/domain"
	"github.com/terem-go/terem/internal/schema"
)

// BenchmarkAdd is terem add domain in applications of some domains: everything but
// the start of the program.
func BenchmarkAdd(b *testing.B) {
	for _, domains := range []int{2, 200} {
		b.Run(fmt.Sprintf("domains=%d", domains), func(b *testing.B) {
			dir := large(b, domains)
			for b.Loop() {
				if err := add(b, dir, orders); err != nil {
					b.Fatal(err)
				}
				b.StopTimer()
				if _, err := remove(b, dir, domain.RemoveOptions{Name: "orders"}); err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
			}
		})
	}
}

// large returns an application of some domains, users among them.
func large(b *testing.B, domains int) string {
	dir := shop(b)
	models, err := schema.Models(dir)
	must(b, err)
	for i := range domains - 1 {
		d, err := domain.New(domain.Options{Module: "shop", Name: fmt.Sprintf("things%d", i), Type: fmt.Sprintf("Thing%d", i),
			Fields: []string{"title:string", "total:decimal", "status:enum(new,paid)", "user:ref(users,owner)"}}, models)
		must(b, err)
		files, err := d.Files()
		must(b, err)
		for _, f := range files {
			write(b, filepath.Join(dir, filepath.FromSlash(f.Path)), string(f.Data))
		}
	}
	s, err := change.Open(dir)
	must(b, err)
	s.Require("github.com/shopspring/decimal")
	must(b, s.Apply(b.Context()))
	f, err := schema.Open(dir)
	must(b, err)
	_, err = f.New("things", schema.Options{})
	must(b, err)
	return dir
}
