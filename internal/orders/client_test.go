//go:build unix

package orders

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"syscall"
	"testing"
	"time"
)

// end is what became of an order, as far as its client knows.
type end string

const (
	acknowledged end = "acknowledged"
	refused      end = "refused"     // it was told so
	rolledBack   end = "rolled back" // the handler ended badly, if it was called: whatever the client was told
	unknown      end = "unknown"     // no answer
)

// order sends one order after the other, until the end, and notes what became of
// them. Of ten, the handler rolls one back by an error and one by a panic.
func (s *shop) order(t *testing.T, over <-chan struct{}) {
	c := http.Client{Transport: &http.Transport{}, Timeout: limit}
	defer c.CloseIdleConnections()
	for {
		select {
		case <-over:
			return
		default:
		}
		n := s.sent.Add(1)
		if n > int64(s.requests) { // slowly, while faults are missing
			time.Sleep(20 * time.Millisecond)
		}
		o := order{fmt.Sprint("order-", n), "well"}
		switch n % 10 {
		case 3:
			o.End = "error"
		case 7:
			o.End = "panic"
		}
		became := s.send(t, &c, o)
		if o.End != "well" {
			if became == acknowledged {
				t.Errorf("%s is acknowledged, and its handler ended by %s", o.ID, o.End)
			}
			became = rolledBack
		}
		s.mu.Lock()
		if s.ends == nil {
			s.ends = map[string]end{}
		}
		s.ends[o.ID] = became
		s.mu.Unlock()
	}
}

// send sends an order once.
func (s *shop) send(t *testing.T, c *http.Client, o order) end {
	body, err := json.Marshal(o)
	if err != nil {
		t.Error(err)
	}
	addr, next := s.server.At()
	w, err := c.Post("http://"+addr+"/api/orders", "application/json", bytes.NewReader(body))
	if errors.Is(err, syscall.ECONNREFUSED) {
		select {
		case <-next:
		case <-time.After(limit):
			t.Error("there is no server any more")
		}
		return refused
	}
	if err != nil {
		return unknown
	}
	defer w.Body.Close()
	text, err := io.ReadAll(w.Body)
	var problem struct{ Code string }
	_ = json.Unmarshal(text, &problem)
	switch {
	case err != nil, problem.Code == "outcome_unknown":
		return unknown
	case w.StatusCode < 300:
		return acknowledged
	case problem.Code == "orders.refused", w.StatusCode == http.StatusInternalServerError && o.End == "panic",
		w.StatusCode == http.StatusServiceUnavailable, w.StatusCode == http.StatusGatewayTimeout:
		return refused
	}
	t.Errorf("%s: %s %s", o.ID, w.Status, text)
	return refused
}
