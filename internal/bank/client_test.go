//go:build unix

package bank

import (
	"bytes"
	"context"
	crand "crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"
)

// client makes one request after the other.
type client struct {
	*bank
	http   http.Client
	opened []int64 // accounts whose opening was acknowledged
}

func newClient(b *bank) *client {
	return &client{bank: b, http: http.Client{Transport: &http.Transport{}}}
}

// work goes on until the end, and then until each entry with a key is settled.
func (c *client) work(t *testing.T, end <-chan struct{}) {
	defer c.http.CloseIdleConnections()
	for {
		select {
		case <-end:
			return
		default:
		}
		switch n := rand.N(20); {
		case n == 0:
			c.open(t)
		case n < 4:
			c.total(t)
		default:
			c.transfer(t)
		}
	}
}

func (c *client) open(t *testing.T) {
	id := accounts + rand.Int64N(1<<50)
	if c.enter(t, "/api/accounts", entry{ID: crand.Text(), Source: id, Target: id}) == acknowledged {
		c.opened = append(c.opened, id)
	}
}

func (c *client) transfer(t *testing.T) {
	e := entry{ID: crand.Text(), Source: rand.Int64N(accounts), Amount: 1 + rand.Int64N(50)}
	e.Target = (e.Source + 1 + rand.Int64N(accounts-1)) % accounts
	if len(c.opened) > 0 && rand.N(4) == 0 {
		e.Target = c.opened[rand.N(len(c.opened))] // it is there, since that was acknowledged
	}
	c.enter(t, "/api/transfers/"+ways[rand.N(len(ways))], e)
}

func (c *client) total(t *testing.T) {
	r := c.send(t, "GET", "/api/total", "", nil)
	if r.end != acknowledged {
		return
	}
	var got sum
	if err := json.Unmarshal(r.body, &got); err != nil || got.Sum != accounts*balance {
		t.Errorf("there is %d, and should be %d: %v", got.Sum, accounts*balance, err)
	}
	c.ledger.snapshots.Add(1)
}

// enter sends an entry, every other one with a key. One with a key is sent
// again until it is known what became of it, and sometimes once more.
func (c *client) enter(t *testing.T, path string, e entry) end {
	body, err := json.Marshal(e)
	if err != nil {
		t.Error(err)
	}
	key := ""
	if rand.N(2) == 0 {
		key = crand.Text()
	}
	r := c.send(t, "POST", path, key, body)
	if key != "" && r.end == unknown {
		for start := time.Now(); r.end != acknowledged; {
			if time.Since(start) > limit {
				t.Errorf("it cannot be learnt what became of %s", e.ID)
				break
			}
			c.ledger.repeated.Add(1)
			r = c.send(t, "POST", path, key, body)
		}
	}
	c.ledger.note(e.ID, key != "", r)
	if key != "" && r.end == acknowledged && rand.N(8) == 0 {
		c.ledger.repeated.Add(1)
		again := c.send(t, "POST", path, key, body)
		if again.end == acknowledged && (!again.replayed || !bytes.Equal(again.body, r.body)) {
			t.Errorf("%s was answered with %s, and again with %s, replayed: %v", e.ID, r.body, again.body, again.replayed)
		}
	}
	return r.end
}

// answer is what a client was told.
type answer struct {
	end      end
	said     string // the status and the request's ID
	body     []byte
	replayed bool
}

// requestID is the one of the request in the server's logs.
func (a answer) requestID() string { return a.said[strings.LastIndex(a.said, " ")+1:] }

// send sends a request, of which one in twelve is left before its answer, and
// says what the client knows then.
func (c *client) send(t *testing.T, method, path, key string, body []byte) answer {
	c.ledger.requests.Add(1)
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	if c.faults.Active.Load() && rand.N(12) == 0 {
		var leave context.CancelFunc
		ctx, leave = context.WithTimeout(ctx, rand.N(15*time.Millisecond))
		defer leave()
	}
	addr, next := c.server.At()
	r, err := http.NewRequestWithContext(ctx, method, "http://"+addr+path, bytes.NewReader(body))
	if err != nil {
		t.Error(err)
		return answer{end: refused}
	}
	r.GetBody = nil // http.Client would repeat a request with a key by itself, and forget what the first one met
	r.Header.Set("Content-Type", "application/json")
	if key != "" {
		r.Header.Set("Idempotency-Key", key)
	}
	w, err := c.http.Do(r)
	if errors.Is(err, syscall.ECONNREFUSED) {
		select {
		case <-next:
		case <-time.After(limit):
			t.Error("there is no server any more")
		}
		return answer{end: refused, said: err.Error()}
	}
	var text []byte
	if err == nil {
		text, err = io.ReadAll(w.Body)
		_ = w.Body.Close()
	}
	if err != nil {
		if ctx.Err() != nil {
			c.faults.Count("client left")
		}
		return answer{end: unknown, said: err.Error()}
	}
	return answer{verdict(t, w, text), w.Status + " " + w.Header.Get("X-Request-Id"), text, w.Header.Get("Idempotency-Replayed") == "true"}
}

// verdict says what a response means for what was to be written.
func verdict(t *testing.T, w *http.Response, text []byte) end {
	var problem struct{ Code string }
	_ = json.Unmarshal(text, &problem)
	switch {
	case w.StatusCode < 300:
		return acknowledged
	case problem.Code == "outcome_unknown" && w.Header.Get("Retry-After") == "":
		return unknown
	case w.StatusCode == http.StatusServiceUnavailable && w.Header.Get("Retry-After") != "",
		w.StatusCode == http.StatusServiceUnavailable && problem.Code == "canceled", // by the end of the server
		w.StatusCode == http.StatusGatewayTimeout, problem.Code == "idempotency_key_busy":
		return refused
	}
	t.Errorf("%s %s: %s %v %s", w.Request.Method, w.Request.URL.Path, w.Status, w.Header, text)
	return refused
}
