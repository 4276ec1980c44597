// Package stores has the contestants of package data, but for gorm, whose driver
// cannot be in one program with theirs.
package stores

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/terem-go/terem/bench/data"
)

// Run measures a contestant on the database of a URL, and writes its figures as
// JSON.
func Run(ctx context.Context, name, url string, each time.Duration, out io.Writer) error {
	open := map[string]func(context.Context, string, func(data.Store) error) error{
		data.Hand + " postgres": openHandPostgres, data.Hand + " sqlite": openHandSQLite,
		data.Terem + " postgres": openTerem, data.Terem + " sqlite": openTerem,
		data.Bun + " postgres": openBunPostgres, data.Bun + " sqlite": openBunSQLite,
	}[name+" "+engineOf(url)]
	if open == nil {
		return fmt.Errorf("there is no contestant %q", name)
	}
	return open(ctx, url, func(s data.Store) error { return data.Write(ctx, s, each, out) })
}

func engineOf(url string) string {
	if strings.HasPrefix(url, "sqlite:") {
		return "sqlite"
	}
	return "postgres"
}

// pathOf returns the file of a URL such as sqlite:FILE?synchronous=off.
func pathOf(url string) string {
	path, _, _ := strings.Cut(strings.TrimPrefix(url, "sqlite:"), "?")
	return path
}
