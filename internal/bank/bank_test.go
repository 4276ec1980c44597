//go:build unix

// Package bank has tests of the session of a request from the outside: a server
// that moves money between accounts is called over HTTP by many clients while
// connections fail, and processes are killed.
package bank

import (
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/internal/faultproxy"
	"github.com/terem-go/terem/internal/pgserver"
	"github.com/terem-go/terem/internal/processtest"
)

const clients = 12

// TestTransfersOverHTTP lets clients transfer money over HTTP in each way that a
// session offers, with and without an Idempotency-Key, while everything fails
// that can: the connections to PostgreSQL at every point, its processes, the
// server by SIGKILL and SIGTERM, and the clients, who leave in mid-request. Then
// what they were told is compared with what is in the database.
//
// TEREM_TEST_FAULTS is how long it goes on; the default is 8s, or longer until
// every fault was there. A soak of five minutes:
//
//	TEREM_TEST=all TEREM_TEST_FAULTS=5m go test -race -timeout 20m -run TransfersOverHTTP -v ./internal/bank
func TestTransfersOverHTTP(t *testing.T) {
	t.Parallel()
	last := 8 * time.Second
	if s := os.Getenv("TEREM_TEST_FAULTS"); s != "" {
		var err error
		if last, err = time.ParseDuration(s); err != nil {
			t.Fatal("TEREM_TEST_FAULTS:", err)
		}
	}
	for name, open := range map[string]func(*testing.T) *bank{"sqlite": onSQLite, "postgres": onPostgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := open(t)
			b.migrate(t)
			b.run(t, last)
			b.check(t)
		})
	}
}

func onSQLite(t *testing.T) *bank {
	url := dbtest.SQLiteURL(t, nil)
	url = strings.TrimSuffix(url, "?synchronous=off") // as in production
	return &bank{direct: url, url: url, must: []string{"server killed", "server stopped"}}
}

func onPostgres(t *testing.T) *bank {
	s := processtest.Postgres(t, pgserver.Options{TCP: true})
	p, err := faultproxy.Start("tcp", s.Addr())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return &bank{direct: s.URL("postgres"), proxy: p,
		url:  s.URLAt(p.Addr(), "postgres") + "&pool_max_conns=8&max_wait=500ms&deadlock_timeout=50ms",
		must: append(faultproxy.Cuts(), "server killed", "server stopped", "process of the database ended")}
}

// bank is a server, what goes wrong with it, and what its clients were told.
type bank struct {
	direct, url string            // of the database, for the test and for the server
	proxy       *faultproxy.Proxy // nil on SQLite
	must        []string          // the faults without which too little was shown

	faults faultproxy.Chance
	server processtest.Lives
	ledger ledger
}

func (b *bank) run(t *testing.T, last time.Duration) {
	b.server.Start(t, program(t, b.url))
	if b.proxy != nil {
		b.proxy.Pick(b.faults.Pick)
	}
	b.faults.Active.Store(true)
	end := make(chan struct{})
	var working, breaking sync.WaitGroup
	for range clients {
		working.Go(func() { newClient(b).work(t, end) })
	}
	if b.proxy != nil {
		breaking.Go(func() { b.endBackends(t, end) })
	}
	b.endServers(t, last)
	close(end)
	breaking.Wait()
	b.faults.Active.Store(false)
	if b.proxy != nil {
		b.proxy.Cut() // what is silent, and may hold locks
	}
	working.Wait()
	b.server.Stop(t)
}
