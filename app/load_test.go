//go:build unix

package app_test

import (
	crand "crypto/rand"
	"fmt"
	"math/rand/v2"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/terem-go/terem/internal/processtest"
)

// load is what clients saw who call a server until it refuses connections.
type load struct {
	tally processtest.Tally
	saved sync.Map // the texts of notes that were acknowledged
}

// call calls the server from a number of clients at once, each of which keeps
// its connection for as long as the server lets it. Every fourth waits in its
// handler, for up to 150 ms; the others save notes.
func (l *load) call(addr string, clients int) *sync.WaitGroup {
	var all sync.WaitGroup
	for n := range clients {
		all.Go(func() {
			c := &processtest.Client{Addr: addr}
			defer c.Close()
			request := l.save
			if n%4 == 3 {
				request = wait
			}
			for l.tally.Note(request(c)) {
			}
		})
	}
	return &all
}

func (l *load) save(c *processtest.Client) (processtest.Response, error) {
	text := crand.Text()
	r, err := c.Do("POST", "/api/notes", map[string]any{"text": text})
	if err == nil && r.Status == 200 {
		l.saved.Store(text, true)
	}
	return r, err
}

func wait(c *processtest.Client) (processtest.Response, error) {
	return c.Do("GET", fmt.Sprintf("/api/wait?ms=%d", rand.IntN(150)), nil)
}

// A server that is told to stop while 32 clients call it answers every request
// that it has begun, and loses nothing that it has acknowledged.
func TestStopUnderLoad(t *testing.T) {
	eachURL(t, func(t *testing.T, url string) {
		rounds := 3
		if testing.Short() {
			rounds = 1
		}
		var l load
		var begun []string
		for range rounds {
			p, c := start(t, url)
			clients := l.call(c.Addr, 32)
			time.Sleep(300 * time.Millisecond)
			p.Signal(t, syscall.SIGTERM)
			clients.Wait()
			if err := p.Wait(t, 20*time.Second); err != nil {
				t.Errorf("%v\n%s", err, p.Log)
			}
			begun = append(begun, p.Log.RequestIDs(`"begun"`)...)
		}
		l.tally.Complete(t, begun)

		there := map[any]bool{}
		for _, text := range texts(t, url) {
			there[text] = true
		}
		saved, lost := 0, 0
		for text := range l.saved.Range {
			saved++
			if !there[text] {
				lost++
			}
		}
		if saved == 0 || lost > 0 {
			t.Errorf("of %d acknowledged notes %d are lost", saved, lost)
		}
		t.Logf("%d stops under load: acknowledged %d, lost %d; %s", rounds, saved, lost, &l.tally)
	})
}
