//go:build unix

// Package orders has tests of what happens after requests: a shop whose requests
// write a row, enqueue jobs, publish an event and have a mail sent, while its
// processes are killed, connections are cut, and the database and the mail server
// go down.
package orders

import (
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/internal/faultproxy"
	"github.com/terem-go/terem/internal/pgserver"
	"github.com/terem-go/terem/internal/processtest"
	"github.com/terem-go/terem/mail/mailtest"
)

const clients = 8

// TestNothingIsLost sends orders to a server while everything fails that can:
// server and worker by SIGKILL and SIGTERM, PostgreSQL by SIGKILL, connections to
// it at every point, and the mail server. Some of the orders are refused by their
// handler, after it has enqueued everything. Then it looks at what has happened:
// all that belongs to an order that was acknowledged, and nothing that belongs to
// one that was refused.
//
// TEREM_TEST_REQUESTS is how many orders are sent to each engine; the default is
// 400, or more until every fault was there. The figures of the documentation:
//
//	TEREM_TEST_REQUESTS=10000 go test -timeout 30m -run NothingIsLost -v ./internal/orders
func TestNothingIsLost(t *testing.T) {
	t.Parallel()
	requests := 400
	if s := os.Getenv("TEREM_TEST_REQUESTS"); s != "" {
		var err error
		if requests, err = strconv.Atoi(s); err != nil {
			t.Fatal("TEREM_TEST_REQUESTS:", err)
		}
	}
	for name, open := range map[string]func(*testing.T) *shop{"sqlite": onSQLite, "postgres": onPostgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			s.requests = requests
			s.mail = mailtest.Start(t, mailtest.Options{})
			s.migrate(t)
			s.run(t)
			s.finish(t)
			s.check(t)
		})
	}
}

// shop is its processes, what goes wrong with them, and what clients were told.
type shop struct {
	direct, url string // of the database, for the test and for the shop
	database    *pgserver.Server
	proxy       *faultproxy.Proxy // nil on SQLite
	mail        *mailtest.Server
	must        []string // the faults without which too little was shown
	requests    int

	faults faultproxy.Chance
	server processtest.Lives
	sent   atomic.Int64

	mu   sync.Mutex
	ends map[string]end // by the order's ID
}

var ended = []string{"server killed", "server stopped", "worker killed", "worker stopped", "mail server down"}

func onSQLite(t *testing.T) *shop {
	url := strings.TrimSuffix(dbtest.SQLiteURL(t, nil), "?synchronous=off") // as in production
	// Server and worker are two processes, and one waits for the other's lock.
	return &shop{direct: url, url: url + "?max_wait=20s&busy_timeout=20s", must: ended}
}

func onPostgres(t *testing.T) *shop {
	s := processtest.Postgres(t, pgserver.Options{TCP: true})
	p, err := faultproxy.Start("tcp", s.Addr())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return &shop{direct: s.URL("postgres"), url: s.URLAt(p.Addr(), "postgres"), database: s, proxy: p,
		must: append(append(faultproxy.Cuts(), ended...), "PostgreSQL killed")}
}

// run sends the orders, while things go wrong.
func (s *shop) run(t *testing.T) {
	s.server.Start(t, s.program(t, s.url))
	if s.proxy != nil {
		s.proxy.Pick(s.faults.Pick)
	}
	s.faults.Active.Store(true)
	end := make(chan struct{})
	var working, breaking sync.WaitGroup
	for range clients {
		working.Go(func() { s.order(t, end) })
	}
	breaking.Go(func() { s.endWorkers(t, end) })
	breaking.Go(func() { s.endMail(t, end) })
	if s.database != nil {
		breaking.Go(func() { s.endDatabase(t, end) })
	}
	s.endServers(t)
	close(end)
	breaking.Wait()
	s.faults.Active.Store(false)
	if s.proxy != nil {
		s.proxy.Cut() // what is silent
	}
	working.Wait()
	s.server.Stop(t)
}
