// Package load is a closed loop of clients over keep-alive connections: each
// sends its next request when it has the answer to the last. It writes and reads
// HTTP itself, which costs a fraction of what net/http's client does: the load
// shares the machine's processors with what is measured.
package load

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"
)

// Plan says what to send.
type Plan struct {
	Addr    string        // the host and port of the server
	Insert  bool          // POST an item to Path, instead of GET Path and an id
	Path    string        // what stands before the id, or the whole path
	Width   int           // of the id, with zeros before it; 0 for as many digits as it has
	Keys    int64         // ids are from 1 to this
	Status  int           // what a right answer has
	Clients int           // connections
	For     time.Duration // how long
	Seed    uint64        // of what the clients choose at random: another one chooses otherwise
	Conduit *Conduit      // what to ask for, instead of Path and what follows it; nil for items
}

// Result is what the clients saw.
type Result struct {
	Requests int           // answered with the right status
	Failed   int           // answered with another one
	Failure  string        // the first such answer
	Took     time.Duration // from the first request to the last answer
	P50, P99 time.Duration // the time from sending a request to having its answer
}

// Run runs the plan. It fails when a connection does; an answer with another
// status is counted.
func Run(p Plan) (Result, error) {
	clients := make([]*client, p.Clients)
	for i := range clients {
		c, err := dial(p, rand.New(rand.NewPCG(uint64(i), 1+p.Seed)), i)
		if err != nil {
			return Result{}, err
		}
		defer c.conn.Close()
		clients[i] = c
	}
	start := time.Now()
	var wg sync.WaitGroup
	for _, c := range clients {
		wg.Go(func() { c.err = c.loop(start.Add(p.For)) })
	}
	wg.Wait()
	r := Result{Took: time.Since(start)}
	var all []time.Duration
	for _, c := range clients {
		if c.err != nil {
			return r, fmt.Errorf("a client: %w", c.err)
		}
		all = append(all, c.latencies...)
		r.Failed += c.failed
		r.Failure = cmp.Or(r.Failure, c.failure)
	}
	r.Requests = len(all)
	r.P50, r.P99 = Percentile(all, 50), Percentile(all, 99)
	return r, nil
}

// Percentile returns the smallest of the values that at least p percent of them
// do not exceed. It sorts the values. Without any it returns 0.
func Percentile(values []time.Duration, p int) time.Duration {
	if len(values) == 0 {
		return 0
	}
	slices.Sort(values)
	rank := (len(values)*p + 99) / 100
	return values[max(rank, 1)-1]
}
