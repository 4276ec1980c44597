//go:build unix

package bank

import (
	"context"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// limit ends a test in which something does not come about.
const limit = time.Minute

// endServers kills the server under load, or stops it, and starts another one,
// until last is over and every fault was there.
func (b *bank) endServers(t *testing.T, last time.Duration) {
	start := time.Now()
	for turn := 0; ; turn++ {
		time.Sleep(300*time.Millisecond + rand.N(time.Second)) // under load
		if turn%2 == 0 {
			b.server.Kill()
			b.faults.Count("server killed")
		} else {
			b.server.Stop(t)
			b.faults.Count("server stopped")
		}
		b.server.Start(t, program(t, b.url))
		if took := time.Since(start); took > last && (took > last+limit || b.faults.Missing(b.must...) == "") {
			return
		}
	}
}

// endBackends ends one of PostgreSQL's processes that serve the server, from
// time to time.
func (b *bank) endBackends(t *testing.T, end <-chan struct{}) {
	c, err := pgx.Connect(t.Context(), b.direct)
	if err != nil {
		t.Error(err)
		return
	}
	defer c.Close(context.Background())
	for {
		select {
		case <-end:
			return
		case <-time.After(rand.N(400 * time.Millisecond)):
		}
		tag, err := c.Exec(t.Context(), "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"+
			" WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle' ORDER BY random() LIMIT 1")
		if err != nil {
			t.Error(err)
			return
		}
		if tag.RowsAffected() > 0 {
			b.faults.Count("process of the database ended")
		}
	}
}
