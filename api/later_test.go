package api_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"

	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
)

// What a dependency leaves for later is done after the answer was sent, whatever
// the answer is, and may write.
func TestLater(t *testing.T) {
	t.Parallel()
	type guest struct{}
	for path, status := range map[string]int{"/read": 200, "/fails": 409, "/refused": 409} {
		dbtest.Each(t, migrations, func(t *testing.T, d *db.DB) {
			release := make(chan struct{})
			ran := make(chan string, 1)
			var order sentFirst
			refused := api.Allow("refused", func(context.Context, guest) error { return errNope.Here() })
			h := handler(t, api.Config{DB: d}, new(logs), func(r *api.Router) {
				api.Provide(r, func(ctx context.Context, _ db.Querier, _ *http.Request) (guest, error) {
					api.Later(ctx, func(ctx context.Context, d *db.DB) error {
						sent := order.sent.Load()
						<-release
						err := d.Do(ctx, func(ctx context.Context, s *db.Session) error { return write(ctx, s, "later") })
						ran <- fmt.Sprint("sent: ", sent, ", id: ", api.RequestID(ctx) != "", ", error: ", err)
						return errNope.Here() // is logged, and harms nobody
					})
					return guest{}, nil
				})
				type input struct{ Guest guest }
				ok := func(context.Context, *db.Reader, *input) (*text, error) { return &text{}, nil }
				api.Get(r, "/read", ok, api.Public)
				api.Get(r, "/refused", ok, refused, api.OperationID("refused"))
				api.Get(r, "/fails", func(context.Context, *db.Reader, *input) (*text, error) { return nil, errNope.Here() }, api.Public)
			})
			s := server(t, order.watch(h))
			if resp, body := send(t, request(t, "GET", s.URL+path, nil)); resp.StatusCode != status {
				t.Errorf("%s: %d %s", path, resp.StatusCode, body)
			}
			close(release)
			if got := <-ran; got != "sent: true, id: true, error: <nil>" {
				t.Errorf("%s: %s", path, got)
			}
		})
	}
	api.Later(t.Context(), func(context.Context, *db.DB) error { t.Error("ran outside of a request"); return nil })
}
