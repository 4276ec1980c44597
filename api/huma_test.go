package api_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
)

// A program may use huma beside this package: the errors of its own routes stay
// as huma makes them.
func TestOtherUsersOfHuma(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	huma.Get(humago.New(mux, huma.DefaultConfig("other", "1")), "/x", func(context.Context, *struct {
		N int `query:"n"`
	}) (*struct{}, error) {
		return nil, nil
	})
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, httptest.NewRequest("GET", "/x?n=seven", nil))
	if w.Code != 422 || !strings.Contains(w.Body.String(), `"validation failed"`) || !strings.Contains(w.Body.String(), "seven") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}
