// Package contestants are the servers that are linked into the bench: written by
// hand, on bun, and Terem.
package contestants

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/terem-go/terem/bench/serve"
	"github.com/terem-go/terem/bench/terem"
)

// Names of contestants.
const (
	Floor   = "floor"    // net/http alone
	Hand    = "hand"     // net/http and the driver; on PostgreSQL reads without BEGIN
	HandTx  = "hand-tx"  // as Hand, with BEGIN and COMMIT around a read
	HandXID = "hand-xid" // as Hand, and looks the transaction's id up
	Bun     = "bun"      // net/http and bun
	Terem   = "terem"
)

// Run is the process of a contestant.
func Run(ctx context.Context, name string, f serve.Flags) error {
	if err := serve.Beside(f); err != nil {
		return err
	}
	if name == Terem {
		return terem.Serve(ctx, f)
	}
	s, err := storeOf(ctx, name, f.DB)
	if err != nil {
		return err
	}
	return serve.Handler(ctx, f, routes(s))
}

func storeOf(ctx context.Context, name, url string) (store, error) {
	onPostgres := strings.HasPrefix(url, "postgres:")
	switch {
	case name == Floor:
		return newFloor(), nil
	case name == Bun && onPostgres:
		return openBunPostgres(url)
	case name == Bun:
		return openBunSQLite(url)
	case onPostgres:
		return openHandPostgres(ctx, url, name)
	case name == Hand:
		return openHandSQLite(ctx, url)
	}
	return nil, fmt.Errorf("there is no contestant %s for %s", name, url)
}

// routes is the API of all contestants but those with a framework of their own.
func routes(s store) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/items/{id}", get(s))
	mux.HandleFunc("POST /api/items", create(s))
	return mux
}
