package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/terem-go/terem/accounts"
	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/app"
	"github.com/terem-go/terem/auth"
	"github.com/terem-go/terem/bench/load"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/sqlite"
	"github.com/terem-go/terem/internal/scaffold/app/users"
	"github.com/terem-go/terem/jobs"
	"github.com/terem-go/terem/migrate"
)

// logins measures how long a read of somebody who is logged in takes while others
// log in, and while nobody does: the users domain of a new application, on SQLite.
func logins(ctx context.Context, args []string, out io.Writer) error {
	set := flag.NewFlagSet("bench logins", flag.ContinueOnError)
	flood := set.Int("logins", 200, "logins that are offered each second")
	reads := set.Int("reads", 200, "reads each second")
	each := set.Duration("for", 5*time.Second, "how long to measure, with logins and without")
	if err := set.Parse(args); err != nil {
		return err
	}
	if *flood < 1 || *reads < 1 || *each < time.Millisecond {
		return errors.New("-logins, -reads and -for must be above 0")
	}
	f, err := newFlooded(ctx)
	if err != nil {
		return err
	}
	defer f.close()
	quiet, _ := f.offer(*reads, *each, f.read)
	var answers map[int]int
	var all sync.WaitGroup
	all.Go(func() { _, answers = f.offer(*flood, *each, f.logIn) })
	busy, seen := f.offer(*reads, *each, f.read)
	all.Wait()
	_, err = fmt.Fprintf(out, "p99 of %d reads/s: %s alone, %s while %d logins/s are offered: %.1f times.\nThe reads were answered %v, the logins %v.\n",
		*reads, quiet, busy, *flood, float64(busy)/float64(quiet), seen, answers)
	return err
}

// flooded is the application whose logins are flooded.
type flooded struct {
	server *httptest.Server
	dir    string
	d      *db.DB
	token  string
	client *http.Client
}

const floodedPassword = "correct horse battery"

func newFlooded(ctx context.Context) (_ *flooded, err error) {
	f := &flooded{client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 1000}}}
	if f.dir, err = os.MkdirTemp("", "terem-logins-"); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			f.close()
		}
	}()
	if f.d, err = db.Open(ctx, "sqlite:"+filepath.Join(f.dir, "logins.db"), db.Config{}, sqlite.Engine); err != nil {
		return nil, err
	}
	m, err := migrate.New(f.d, os.DirFS("../internal/scaffold/app/migrations"), migrate.Config{
		Logger: slog.New(slog.DiscardHandler), Sources: []migrate.Source{jobs.Migrations(), app.Auth()},
	})
	if err != nil {
		return nil, err
	}
	if _, err = m.Up(ctx); err != nil {
		return nil, err
	}
	u, err := users.New(users.Config{Name: "bench", Secrets: []string{strings.Repeat("k", 32)}})
	if err != nil {
		return nil, err
	}
	a := app.New(app.Config{DB: f.d, Logger: slog.New(slog.DiscardHandler), API: api.Config{TrustedProxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}})
	a.Register(u)
	h, err := a.Handler()
	if err != nil {
		return nil, err
	}
	f.server = httptest.NewServer(h)
	ada, err := u.Auth.Register(ctx, f.d, auth.Visit{}, users.User{Name: "Ada", Email: "ada@example.com", Role: users.RoleMember}, floodedPassword)
	if err != nil {
		return nil, err
	}
	var t *accounts.Token
	if t, err = u.Auth.Start(ctx, f.d, auth.Visit{}, ada); err == nil {
		f.token = t.AccessToken
	}
	return f, err
}

func (f *flooded) close() {
	if f.server != nil {
		f.server.Close()
	}
	if f.d != nil {
		_ = f.d.Close(context.Background())
	}
	_ = os.RemoveAll(f.dir)
}

// offer sends a number of requests each second, whether or not the ones before are
// answered, and returns the 99th percentile of how long they took and how often each
// status was answered.
func (f *flooded) offer(each int, over time.Duration, request func(n int) *http.Request) (p99 time.Duration, statuses map[int]int) {
	var mu sync.Mutex
	var took []time.Duration
	statuses = map[int]int{}
	var all sync.WaitGroup
	begin := time.Now()
	for n := range max(1, int(over.Seconds()*float64(each))) {
		due := begin.Add(time.Duration(n) * time.Second / time.Duration(each))
		time.Sleep(time.Until(due))
		all.Go(func() {
			status := 0
			if r, err := f.client.Do(request(n)); err == nil {
				_, _ = io.Copy(io.Discard, r.Body)
				_ = r.Body.Close()
				status = r.StatusCode
			}
			mu.Lock()
			defer mu.Unlock()
			took = append(took, time.Since(due))
			statuses[status]++
		})
	}
	all.Wait()
	return load.Percentile(took, 99).Round(10 * time.Microsecond), statuses
}

func (f *flooded) read(int) *http.Request {
	r, _ := http.NewRequest("GET", f.server.URL+"/api/users/me", nil)
	r.Header.Set("Authorization", "Bearer "+f.token)
	return r
}

// logIn is a guess at an account of its own from a place of its own, so that no
// throttle spares the hash.
func (f *flooded) logIn(n int) *http.Request {
	r, _ := http.NewRequest("POST", f.server.URL+"/api/auth/login", strings.NewReader(fmt.Sprintf(`{"email":"user%d@example.com","password":%q}`, n, floodedPassword)))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Forwarded-For", net.IPv4(10, byte(n>>16), byte(n>>8), byte(n)).String())
	return r
}
