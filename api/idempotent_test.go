package api_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/api/apitest"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/errs"
)

// payer is who calls in the tests of Idempotent: the name in a header.
type payer string

func (p payer) CallerID() string { return string(p) }

func whoPays(_ context.Context, _ db.Querier, r *http.Request) (payer, error) {
	return payer(r.Header.Get("X-Payer")), nil
}

var anyPayer = api.Allow("anyPayer", func(context.Context, payer) error { return nil })

type payment struct {
	Body struct {
		Amount int    `json:"amount"`
		Mode   string `json:"mode,omitempty"`
	}
}

type receipt struct {
	Number int64 `json:"number"`
}

var errRefused = errs.New(errs.Conflict, "refused", "Refused.")

// bank has a route that inserts a payment and counts its calls.
type bank struct {
	mu    sync.Mutex
	calls int
	enter chan struct{} // a slow payment is in its handler
	leave chan struct{} // and may go on
}

func (b *bank) pay(ctx context.Context, s *db.Session, in *payment) (*api.Reply[receipt], error) {
	b.mu.Lock()
	b.calls++
	calls := b.calls
	b.mu.Unlock()
	if _, err := s.Exec(ctx, "INSERT INTO payments (amount) VALUES ($1)", in.Body.Amount); err != nil {
		return nil, err
	}
	switch in.Body.Mode {
	case "slow":
		b.enter <- struct{}{}
		select {
		case <-b.leave:
		case <-time.After(5 * time.Second): // it is a second one, which nobody lets go on
		}
	case "refused":
		return nil, errRefused.Here()
	case "once more":
		if calls == 1 {
			s.Note(&db.Error{Class: db.Contended, Err: errors.New("injected")})
		}
	}
	var n int64
	err := s.QueryRow(ctx, "SELECT count(*) FROM payments").Scan(&n)
	return &api.Reply[receipt]{Header: http.Header{"X-Bank": {"first"}, "Set-Cookie": {"secret=1"}}, Body: receipt{n}}, err
}

// eachBank runs f on both engines, with a client as ada and a function that
// counts the rows of a table, or changes the stored responses.
func eachBank(t *testing.T, f func(t *testing.T, b *bank, ada *apitest.Client, count func(sql string) int), opts ...api.Option) {
	t.Parallel()
	dbtest.Each(t, api.Migrations(), func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		if err := d.Do(ctx, func(ctx context.Context, s *db.Session) error {
			_, err := s.Exec(ctx, "CREATE TABLE payments (amount INTEGER NOT NULL)")
			return err
		}); err != nil {
			t.Fatal(err)
		}
		b := &bank{enter: make(chan struct{}, 9), leave: make(chan struct{}, 9)}
		a := api.New(api.Config{DB: d})
		r := a.Router("", "")
		api.Provide(r, whoPays)
		api.Post(r, "/payments", b.pay, anyPayer, append([]api.Option{api.Idempotent, api.Status(201)}, opts...)...)
		h, err := a.Handler()
		if err != nil {
			t.Fatal(err)
		}
		f(t, b, apitest.New(t, h).With("X-Payer", "ada"), func(from string) (n int) {
			if err := d.Do(ctx, func(ctx context.Context, s *db.Session) error {
				switch from {
				case "expire":
					_, err := s.Exec(ctx, "UPDATE terem_idempotency SET expires_at = $1", time.Now().Add(-time.Second).UTC())
					return err
				case "another status":
					_, err := s.Exec(ctx, "UPDATE terem_idempotency SET status = 202")
					return err
				}
				return s.QueryRow(ctx, "SELECT count(*) FROM "+from).Scan(&n)
			}); err != nil {
				t.Fatal(err)
			}
			return n
		})
	})
}

func key(c *apitest.Client, key string) *apitest.Client { return c.With("Idempotency-Key", key) }

func TestIdempotent(t *testing.T) {
	eachBank(t, func(t *testing.T, b *bank, ada *apitest.Client, count func(sql string) int) {
		five := map[string]any{"amount": 5}
		first := key(ada, "a").Post("/payments", five).Expect(201)
		again := key(ada, "a").Post("/payments", five).Expect(201)
		if again.Body != first.Body || again.Header.Get("X-Bank") != "first" || again.Header.Get("Content-Type") != first.Header.Get("Content-Type") ||
			again.Header.Get("Idempotency-Replayed") != "true" || first.Header.Get("Idempotency-Replayed") != "" {
			t.Errorf("repeated: %s %v, first %s %v", again.Body, again.Header, first.Body, first.Header)
		}
		if again.Header.Get("Set-Cookie") != "" || first.Header.Get("Set-Cookie") == "" {
			t.Errorf("a cookie was stored: %v", again.Header)
		}
		if n := count("payments"); n != 1 {
			t.Fatalf("paid %d times", n)
		}
		count("another status") // as an older version of the program gave
		key(ada, "a").Post("/payments", five).Expect(202)
		key(ada, "a").Post("/payments", map[string]any{"amount": 6}).ExpectError(422, "idempotency_key_reused")
		key(ada, "a").Post("/payments?x=1", five).Expect(422)
		key(ada, "b").Post("/payments", five).Expect(201)
		key(ada.With("X-Payer", "eve"), "a").Post("/payments", five).Expect(201) // her own key
		ada.Post("/payments", five).Expect(201)
		ada.Post("/payments", five).Expect(201)
		if n := count("payments"); n != 5 {
			t.Errorf("paid %d times, want 5", n)
		}
		for _, bad := range []string{"", " ", "a b", "é", strings.Repeat("k", 256)} {
			key(ada, bad).Post("/payments", five).ExpectError(422, "idempotency_key_invalid")
		}
	})
}

// What is not committed is not stored: the next request with the key is a first
// one.
func TestIdempotentFailures(t *testing.T) {
	eachBank(t, func(t *testing.T, b *bank, ada *apitest.Client, count func(sql string) int) {
		body := map[string]any{"amount": 5, "mode": "refused"}
		key(ada, "a").Post("/payments", body).ExpectError(409, "refused")
		key(ada, "a").Post("/payments", body).ExpectError(409, "refused")
		if b.calls != 2 || count("payments") != 0 {
			t.Errorf("%d calls, %d paid", b.calls, count("payments"))
		}
		key(ada, "a").Post("/payments", map[string]any{"amount": 5}).Expect(201)
	})
}

// An attempt that conflicts is made again, and stores what the last one
// answers.
func TestIdempotentRetries(t *testing.T) {
	eachBank(t, func(t *testing.T, b *bank, ada *apitest.Client, count func(sql string) int) {
		body := map[string]any{"amount": 5, "mode": "once more"}
		first := key(ada, "a").Post("/payments", body).Expect(201)
		again := key(ada, "a").Post("/payments", body).Expect(201)
		if b.calls != 2 || count("payments") != 1 || first.Body != again.Body {
			t.Errorf("%d calls, %d paid, answers %s and %s", b.calls, count("payments"), first.Body, again.Body)
		}
	})
}

// A repeat that comes while the first request is running is refused on
// PostgreSQL, and waits for it on SQLite.
func TestIdempotentAtTheSameTime(t *testing.T) {
	eachBank(t, func(t *testing.T, b *bank, ada *apitest.Client, count func(sql string) int) {
		body := map[string]any{"amount": 5, "mode": "slow"}
		answers := make(chan *apitest.Response, 2)
		go func() { answers <- key(ada, "a").Post("/payments", body) }()
		<-b.enter
		if strings.HasSuffix(t.Name(), "/postgres") {
			if r := key(ada, "a").Post("/payments", body).Expect(409); r.Header.Get("Retry-After") != "1" {
				t.Errorf("Retry-After is %q", r.Header.Get("Retry-After"))
			}
			b.leave <- struct{}{}
		} else {
			go func() { answers <- key(ada, "a").Post("/payments", body) }()
			time.Sleep(50 * time.Millisecond) // long enough for the second to wait, most often
			b.leave <- struct{}{}
			(<-answers).Expect(201)
		}
		(<-answers).Expect(201)
		if n := count("payments"); n != 1 || b.calls != 1 {
			t.Errorf("paid %d times by %d calls", n, b.calls)
		}
	})
}

// Many clients send the same requests at once, each until it is answered: each
// is done once.
func TestIdempotentUnderLoad(t *testing.T) {
	for name, opts := range map[string][]api.Option{"default": nil, "serializable": {api.Unit(db.Serializable, db.Attempts(20))}} {
		t.Run(name, func(t *testing.T) {
			eachBank(t, func(t *testing.T, b *bank, ada *apitest.Client, count func(sql string) int) {
				const keys, clients = 20, 8
				var all sync.WaitGroup
				for range clients {
					all.Go(func() {
						for k := range keys {
							for {
								r := key(ada, fmt.Sprint(k)).Post("/payments", map[string]any{"amount": k})
								if r.Status == 201 {
									break
								}
								if r.Status != 409 && r.Status != 503 {
									t.Errorf("status %d: %s", r.Status, r.Body)
									return
								}
							}
						}
					})
				}
				all.Wait()
				if n := count("payments"); n != keys {
					t.Errorf("paid %d times, want %d", n, keys)
				}
			}, opts...)
		})
	}
}

// After a day a key is a new one, and the old responses are removed.
func TestIdempotentExpires(t *testing.T) {
	eachBank(t, func(t *testing.T, b *bank, ada *apitest.Client, count func(sql string) int) {
		five := map[string]any{"amount": 5}
		key(ada, "a").Post("/payments", five).Expect(201)
		count("expire")
		if r := key(ada, "a").Post("/payments", map[string]any{"amount": 6}).Expect(201); r.Header.Get("Idempotency-Replayed") != "" || count("payments") != 2 {
			t.Errorf("an expired response was sent: %s", r.Body)
		}
		if n := count("terem_idempotency"); n != 1 {
			t.Errorf("%d responses are stored, want 1", n)
		}
		count("expire")
		for n := range 1000 { // of which one in 64 looks for what has expired
			if count("terem_idempotency WHERE key = 'a'") == 0 {
				return
			}
			key(ada, fmt.Sprint("n", n)).Post("/payments", map[string]any{"amount": n}).Expect(201)
		}
		t.Error("an expired response stays for ever")
	})
}

func TestIdempotentIsRefused(t *testing.T) {
	t.Parallel()
	d := dbtest.SQLite(t, nil)
	a := api.New(api.Config{DB: d})
	r := a.Router("", "")
	api.Provide(r, whoCalls)
	api.Post(r, "/db", func(context.Context, *db.DB, *nothing) (*api.Empty, error) { return nil, nil }, api.Public, api.Idempotent, api.OperationID("a"))
	api.Post(r, "/page", func(context.Context, *db.Session, *nothing) (*page, error) { return nil, nil }, api.Public, api.Idempotent, api.OperationID("b"))
	api.Post(r, "/who", func(context.Context, *db.Session, *nothing) (*api.Empty, error) { return nil, nil },
		api.Allow("someone", func(context.Context, caller) error { return nil }), api.Idempotent, api.OperationID("c"))
	err := a.Check()
	for _, want := range []string{"/db: api.Idempotent needs", "/page: api.Idempotent needs", "CallerID() string"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not said: %v", want, err)
		}
	}
}
