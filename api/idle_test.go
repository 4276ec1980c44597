package api_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/db/sqlite"
)

// Row 21: a warning leads to the handler by its line, or by the request's id where
// no line of the handler's is at work, and never to what stands around routes.
func TestIdleSessionsAreWarnedOf(t *testing.T) {
	t.Parallel()
	l := new(logs)
	d, err := db.Open(t.Context(), dbtest.SQLiteURL(t, nil), db.Config{Logger: l.logger()}, sqlite.Engine)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close(t.Context())
	around := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { next.ServeHTTP(w, r) })
	}
	idle := func(ctx context.Context, s *db.Session, _ *nothing) (*api.Empty, error) {
		for range 2 {
			if err := s.QueryRow(ctx, "SELECT 1").Scan(new(int)); err != nil {
				return nil, err
			}
			time.Sleep(110 * time.Millisecond)
		}
		return nil, nil
	}
	client(t, api.Config{DB: d, Middleware: []func(http.Handler) http.Handler{around}}, l, func(r *api.Router) {
		api.Post(r, "/idle", idle, api.Public)
	}).Post("/idle", nil).Expect(204)
	var warned []string
	for line := range strings.Lines(l.String()) {
		if strings.Contains(line, "was left idle") {
			warned = append(warned, line)
		}
	}
	if len(warned) != 2 || !strings.Contains(warned[0], `"place":"api/idle_test.go:`) || strings.Contains(warned[0], ",api/") ||
		!strings.Contains(warned[1], `"before":"COMMIT","place":"","request_id":"`) {
		t.Errorf("logged\n%s", l)
	}
}
