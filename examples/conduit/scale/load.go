package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/cookiejar"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/internal/pgserver"
)

// load sends requests through the proxy until it is stopped.
type load struct {
	base    string
	clients int
	cancel  context.CancelFunc
	done    sync.WaitGroup

	mu       sync.Mutex
	phase    *phase
	phases   []*phase
	articles []string // the slugs of those that were acknowledged
}

// failure is how a request failed.
type failure string

const (
	unavailable failure = "503 with Retry-After"
	cut         failure = "no answer"
	unknown     failure = "500, the outcome is not known"
)

// broken reports whether a request failed with the server that had it: nginx says
// 502, or the connection ended.
func (f failure) broken() bool { return f == "502" || f == cut }

// phase is what clients saw while something happened.
type phase struct {
	name     string
	began    time.Time
	took     time.Duration
	requests int
	writes   int // acknowledged
	failed   map[failure]int
	times    []time.Duration
	lastOK   time.Time // when a write was acknowledged last
	gap      time.Duration
}

// newLoad makes users, and starts the clients.
func newLoad(ctx context.Context, addr string, clients int) (*load, error) {
	ctx, cancel := context.WithCancel(ctx)
	l := &load{base: "http://" + addr, clients: clients, cancel: cancel}
	for i := range clients {
		jar, _ := cookiejar.New(nil) // never fails. Cookies tell what their owner must not read from a standby that is behind
		c := &client{load: l, http: &http.Client{Timeout: 20 * time.Second, Jar: jar, Transport: &http.Transport{MaxIdleConnsPerHost: 1}}}
		if err := c.register(ctx, i); err != nil {
			cancel()
			return nil, err
		}
		l.done.Go(func() { c.work(ctx) })
	}
	return l, nil
}

func (l *load) stop() {
	l.cancel()
	l.done.Wait()
}

func (l *load) begin(name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	l.phase = &phase{name: name, began: now, lastOK: now, failed: map[failure]int{}}
	l.phases = append(l.phases, l.phase)
}

// end ends a phase, and compares what was seen with what may be.
func (l *load) end(f fault) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	p := l.phase
	p.took = time.Since(p.began)
	p.gap = max(p.gap, time.Since(p.lastOK))
	l.phase = nil
	n := 0
	for kind, count := range p.failed {
		if f.may == nil || !f.may(kind) {
			return fmt.Errorf("%s: %d requests failed: %s", f.name, count, kind)
		}
		n += count
	}
	switch {
	case f.underWay && n > l.clients:
		return fmt.Errorf("%s: %d requests failed, expected no more than were under way", f.name, n)
	case p.writes == 0 || time.Since(p.lastOK) > 5*time.Second:
		return fmt.Errorf("%s: no write was acknowledged in the end", f.name)
	}
	return nil
}

// note takes down how a request ended.
func (l *load) note(took time.Duration, failed failure, slug string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if slug != "" {
		l.articles = append(l.articles, slug)
	}
	p := l.phase
	if p == nil { // between two phases
		return
	}
	p.requests++
	p.times = append(p.times, took)
	if failed != "" {
		p.failed[failed]++
		return
	}
	if slug != "" {
		p.writes++
		now := time.Now()
		p.gap = max(p.gap, now.Sub(p.lastOK))
		p.lastOK = now
	}
}

// missing are acknowledged articles that the database does not have.
func (l *load) missing(ctx context.Context, s *pgserver.Server) (lost []string, err error) {
	err = with(ctx, s, func(c *pgx.Conn) error {
		rows, err := c.Query(ctx, "SELECT slug FROM unnest($1::text[]) AS acknowledged (slug) WHERE NOT EXISTS (SELECT FROM articles WHERE articles.slug = acknowledged.slug)", l.articles)
		if err == nil {
			lost, err = pgx.CollectRows(rows, pgx.RowTo[string])
		}
		return err
	})
	return lost, err
}

// client is somebody who reads most of the time, and writes articles.
type client struct {
	load  *load
	http  *http.Client
	token string
	mine  []string // slugs
}

func (c *client) register(ctx context.Context, i int) error {
	name := "client" + strconv.Itoa(i)
	body := map[string]any{"user": map[string]string{"username": name, "email": name + "@example.com", "password": "correct horse " + name}}
	var answer struct{ User struct{ Token string } }
	status, _, err := c.send(ctx, "POST", "/api/users", body, &answer)
	if err != nil || status != http.StatusCreated {
		return fmt.Errorf("registering %s: status %d, %w", name, status, err)
	}
	c.token = answer.User.Token
	return nil
}

func (c *client) work(ctx context.Context) {
	for ctx.Err() == nil {
		var answer struct{ Article struct{ Slug string } }
		method, path, wanted := "GET", "/api/articles?limit=20&offset="+strconv.Itoa(20*rand.IntN(5)), http.StatusOK
		var body any
		switch n := rand.IntN(10); {
		case n < 3:
			method, path, wanted = "POST", "/api/articles", http.StatusCreated
			body = map[string]any{"article": map[string]any{"title": fmt.Sprintf("On %d", rand.Uint64()), "description": "d", "body": "b", "tagList": []string{"scale"}}}
		case n < 6 && len(c.mine) > 0:
			path = "/api/articles/" + c.mine[rand.IntN(len(c.mine))]
		}
		began := time.Now()
		status, header, err := c.send(ctx, method, path, body, &answer)
		took := time.Since(began)
		if ctx.Err() != nil {
			return
		}
		failed := failure("")
		switch {
		case err != nil && status == 0:
			failed = cut
		case errors.Is(err, db.ErrOutcomeUnknown):
			failed = unknown
		case status == http.StatusServiceUnavailable && header.Get("Retry-After") != "":
			failed = unavailable
		case status != wanted:
			failed = failure(strconv.Itoa(status))
		}
		slug := ""
		if failed == "" && method == "POST" {
			slug = answer.Article.Slug
			c.mine = append(c.mine, slug)
		}
		c.load.note(took, failed, slug)
		if failed != "" {
			_ = wait(ctx, 100*time.Millisecond) // as clients do that are told to come back
		}
	}
}

func (c *client) send(ctx context.Context, method, path string, body, into any) (int, http.Header, error) {
	text, err := json.Marshal(body)
	if err != nil {
		return 0, nil, err
	}
	r, err := http.NewRequestWithContext(ctx, method, c.load.base+path, bytes.NewReader(text))
	if err != nil {
		return 0, nil, err
	}
	if method == "GET" {
		r.Body, r.ContentLength = nil, 0
	}
	r.Header.Set("Content-Type", "application/json")
	if c.token != "" {
		r.Header.Set("Authorization", "Token "+c.token)
	}
	answer, err := c.http.Do(r)
	if err != nil {
		return 0, nil, err
	}
	text, err = io.ReadAll(answer.Body)
	if err = errors.Join(err, answer.Body.Close()); err != nil {
		return 0, nil, err
	}
	switch {
	case answer.StatusCode < 300:
		err = json.Unmarshal(text, into)
	case bytes.Contains(text, []byte(db.ErrOutcomeUnknown.Message)):
		err = db.ErrOutcomeUnknown
	}
	return answer.StatusCode, answer.Header, err
}

// percentile is the time within which a share of the requests was answered.
func (p *phase) percentile(share float64) time.Duration {
	if len(p.times) == 0 {
		return 0
	}
	slices.Sort(p.times)
	return p.times[min(len(p.times)-1, int(share*float64(len(p.times))))]
}
