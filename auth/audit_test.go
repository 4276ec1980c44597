package auth_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/auth"
	"github.com/terem-go/terem/dao"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
)

func TestAudit(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, auth.Migrations(), func(t *testing.T, d *db.DB) {
		c := &clock{now: time.Unix(1700000000, 0)}
		log := auth.NewAudit(c.Now)
		failed := errors.New("failed on purpose")
		for i, result := range []error{nil, failed, nil, nil} {
			err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
				e := auth.Event{Actor: "17", Action: "orders.refunded", Object: "orders/" + string(rune('a'+i)), Detail: "9.90"}
				return errors.Join(log.Write(ctx, s, auth.Visit{Device: "curl", Client: "192.0.2.1", Request: "r1"}, e), result)
			})
			if !errors.Is(err, result) {
				t.Fatal(err)
			}
			c.pass(time.Hour)
		}
		list := func(cursor string, size int, conditions ...dao.Option) (events []auth.Event, next string) {
			t.Helper()
			err := d.Read(t.Context(), func(ctx context.Context, r *db.Reader) (err error) {
				events, next, err = log.After(ctx, r, cursor, size, conditions...)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return events, next
		}
		first, next := list("", 2)
		rest, _ := list(next, 2)
		var objects []string
		for _, e := range append(first, rest...) {
			objects = append(objects, e.Object)
		}
		if diff := cmp.Diff([]string{"orders/d", "orders/c", "orders/a"}, objects); diff != "" {
			t.Errorf("entries (-want +got):\n%s", diff)
		}
		one, _ := list("", 5, dao.Eq("object", "orders/a"))
		want := auth.Event{ID: one[0].ID, At: time.Unix(1700000000, 0).UTC(), Actor: "17", Action: "orders.refunded", Object: "orders/a", Detail: "9.90", Client: "192.0.2.1", Device: "curl", Request: "r1"}
		if diff := cmp.Diff([]auth.Event{want}, one); diff != "" {
			t.Errorf("entries of one object (-want +got):\n%s", diff)
		}
		err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
			n, err := log.Forget(ctx, s, time.Unix(1700000000, 0).Add(150*time.Minute))
			if n != 2 {
				t.Errorf("%d entries forgotten, want 2", n)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
}
