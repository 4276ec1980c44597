package operator_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"

	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/app"
	"github.com/terem-go/terem/auth"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/sqlite"
	"github.com/terem-go/terem/operator"
)

// Somebody is a visitor of an application's pages.
type Somebody struct{ Email string }

// Subject names the visitor in the audit log.
func (s Somebody) Subject() string { return s.Email }

// Operates says who may see the operator's pages.
func (s Somebody) Operates() bool { return s.Email == "ada@example.com" }

func ExampleNew() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	d, err := db.Open(ctx, "sqlite:"+filepath.Join(dir, "shop.db"), db.Config{}, sqlite.Engine)
	if err != nil {
		log.Fatal(err)
	}
	defer d.Close(ctx)

	find := func(_ context.Context, _ db.Querier, r *http.Request) (Somebody, error) {
		return Somebody{r.Header.Get("Email")}, nil // a real one looks for the login that a cookie names
	}
	ops, err := operator.New(operator.Config{Name: "Shop", Audit: auth.NewAudit(nil), Key: key}, find)
	if err != nil {
		log.Fatal(err)
	}
	a := app.New(app.Config{Name: "shop", DB: d, Migrations: schema, Workers: workers(), Logger: slog.New(slog.DiscardHandler)})
	api.Provide(a.Root(""), func(ctx context.Context, _ db.Querier, r *http.Request) (auth.Visit, error) {
		return auth.Visit{Device: r.UserAgent(), Client: r.RemoteAddr, Request: api.RequestID(ctx)}, nil
	})
	a.Register(ops)
	a.Migrate(app.Auth())
	if err := a.Run(ctx, []string{"migrate", "up"}, io.Discard); err != nil {
		log.Fatal(err)
	}
	h, err := a.Handler()
	if err != nil {
		log.Fatal(err)
	}
	for _, email := range []string{"", "bob@example.com", "ada@example.com"} {
		r := httptest.NewRequest("GET", "/operator", nil)
		r.Header.Set("Email", email)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		fmt.Printf("%q: %d\n", email, w.Code)
	}
	// Output:
	// "": 401
	// "bob@example.com": 403
	// "ada@example.com": 200
}
