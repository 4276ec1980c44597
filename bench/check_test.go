package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/terem-go/terem/bench/item"
)

// A server that does less than the others is refused, or its figures would be
// better for it.
func TestCheckRefuses(t *testing.T) {
	t.Parallel()
	constant := func(status int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(status)
			_, _ = w.Write([]byte(body))
		}
	}
	first := `{"id":1,"name":"` + item.Of(1).Name + `","note":"","price":101,"created_at":"2026-01-02T03:05:05.678901Z"}`
	tests := map[string]struct {
		handler http.Handler
		want    string
	}{
		"another row":    {constant(http.StatusOK, first), "row 1 is"},
		"another status": {constant(http.StatusAccepted, "{}"), "want 200"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := httptest.NewServer(test.handler)
			defer s.Close()
			err := check(s.Listener.Addr().String(), entry{dialect: usual})
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}
