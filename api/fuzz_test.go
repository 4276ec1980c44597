package api_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/api/apitest"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/errs"
)

// program finds words of the program, of Go and of its libraries.
var program = regexp.MustCompile(`json:|Go |int8|int64|time\.|netip|strconv|api_test|struct|ParseAddr|uuid\.|base64:|\x00`)

// FuzzInput: whatever is sent, it is accepted or refused as the client's fault,
// in an answer of bounded length in which no value stands.
func FuzzInput(f *testing.F) {
	h := accountHandler(f, nil)
	f.Add("page=1&on=true", `{"password":"hunter2-and-more","inner":{"code":"1"}}`)
	f.Add("ratio=1e400&since=2026-01-02T03:04:05Z", `{"many":[{"code":"x"},{}],"named":{"a":{"code":"1"}},"named":{}}`)
	f.Add("from=::1%25x&site=%3A", `{"id":"abcd","from":"::ffff:1.2.3.4%z","raw":"====","when":"2026-01-02T3:04:05Z"}`)
	f.Add("tags=%ff", `{"age":128,"big":1e18,"ratio":1e-400,"flag":null,"kind":"c"}`)
	f.Add("\x00", "{\"k\\u0069nd\":\"a\",\"kind\":\"\xff\"}")
	f.Add("unknown", `null`)
	f.Fuzz(func(t *testing.T, query, body string) {
		target := accounts
		if query != "" {
			target += "?" + query
		}
		if u, err := url.ParseRequestURI(target); err != nil || u.Fragment != "" || strings.ContainsAny(query, " #\r\n") {
			t.Skip("no request has such a query")
		}
		r := apitest.New(t, h).Post(target, body)
		switch r.Status {
		case 200:
			if !json.Valid([]byte(body)) {
				t.Errorf("accepted: %q", body)
			}
		case 400, 422:
			var p errs.Problem
			if r.JSON(&p); p.Code == "" || p.Status != r.Status || len(p.Errors) > 20 || len(r.Body) > 20_000 {
				t.Errorf("%d bytes: %s", len(r.Body), r.Body)
			}
			for _, field := range p.Errors {
				if said := program.FindString(field.Message); said != "" {
					t.Errorf("the message has %q: %s", said, r.Body)
				}
			}
		default:
			t.Errorf("status %d: %s", r.Status, r.Body)
		}
	})
}

// FuzzIdempotencyKey: a key is refused as the client's mistake, or what is asked
// twice with it is done once.
func FuzzIdempotencyKey(f *testing.F) {
	for _, key := range []string{"a", "", " ", "5e0c2f4a-6f0e-4b57-9a59-3d7f4d0e6a11", "'; DROP TABLE payments", "é", "a\x00b", "a,b", "\"", strings.Repeat("k", 256)} {
		f.Add(key)
	}
	d := dbtest.SQLite(f, api.Migrations())
	err := d.Do(context.Background(), func(ctx context.Context, s *db.Session) error {
		_, err := s.Exec(ctx, "CREATE TABLE payments (amount INTEGER NOT NULL)")
		return err
	})
	if err != nil {
		f.Fatal(err)
	}
	var b bank
	a := api.New(api.Config{DB: d, Logger: slog.New(slog.DiscardHandler)})
	r := a.Router("", "")
	api.Provide(r, whoPays)
	api.Post(r, "/payments", b.pay, anyPayer, api.Idempotent)
	h, err := a.Handler()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, key string) {
		pay := func() *httptest.ResponseRecorder {
			w := httptest.NewRecorder()
			r := httptest.NewRequest("POST", "/payments", strings.NewReader(`{"amount": 5}`))
			r.Header.Set("Content-Type", "application/json")
			r.Header["Idempotency-Key"] = []string{key}
			h.ServeHTTP(w, r)
			return w
		}
		first := pay()
		calls := b.calls
		again := pay()
		if first.Code != again.Code || first.Body.String() != again.Body.String() && first.Code == 200 || b.calls != calls {
			t.Errorf("%q: %d %s, and again %d %s, %d calls later", key, first.Code, first.Body, again.Code, again.Body, b.calls-calls)
		}
		if first.Code != 200 && first.Code != 422 {
			t.Errorf("%q: %d %s", key, first.Code, first.Body)
		}
	})
}
