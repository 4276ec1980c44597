//go:build unix

package bank

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/postgres"
	"github.com/terem-go/terem/db/sqlite"
)

// end is what a client was told of an entry.
type end string

const (
	acknowledged end = "acknowledged"
	refused      end = "refused"
	unknown      end = "unknown"
)

// ledger is what the clients know.
type ledger struct {
	requests, repeated, snapshots atomic.Int64

	mu    sync.Mutex
	ends  map[string]answer // by the entry's ID
	keyed int
}

func (l *ledger) note(id string, keyed bool, a answer) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ends == nil {
		l.ends = map[string]answer{}
	}
	l.ends[id] = a
	if keyed {
		l.keyed++
	}
}

// check compares what is in the database with what the clients were told.
func (b *bank) check(t *testing.T) {
	t.Helper()
	d, err := db.Open(t.Context(), b.direct, db.Config{Logger: slog.New(slog.NewTextHandler(t.Output(), nil))}, sqlite.Engine, postgres.Engine)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close(context.Background())
	b.await(t, d)
	balances, entered, there := map[int64]int64{}, map[int64]int64{}, map[string]int{}
	err = d.Read(t.Context(), func(ctx context.Context, r *db.Reader) error {
		var e entry
		err := each(ctx, r, "SELECT id, balance FROM accounts", []any{&e.Source, &e.Amount}, func() { balances[e.Source] = e.Amount })
		if err != nil {
			return err
		}
		return each(ctx, r, "SELECT id, source, target, amount FROM ledger", []any{&e.ID, &e.Source, &e.Target, &e.Amount}, func() {
			there[e.ID]++
			entered[e.Source] -= e.Amount
			entered[e.Target] += e.Amount
		})
	}, db.Snapshot)
	if err != nil {
		t.Fatal(err)
	}
	b.compare(t, there)

	sum := int64(0)
	for id := range balances {
		sum += balances[id]
	}
	for id := range int64(accounts) {
		entered[id] += balance
	}
	if sum != accounts*balance || !maps.Equal(balances, entered) {
		t.Errorf("there is %d, and should be %d; the accounts have %v, and by the ledger %v", sum, accounts*balance, balances, entered)
	}
}

// await waits until what the last server began on PostgreSQL has ended.
func (b *bank) await(t *testing.T, d *db.DB) {
	if d.Dialect() != db.Postgres {
		return
	}
	for start, n := time.Now(), 1; n > 0; time.Sleep(5 * time.Millisecond) {
		err := d.Read(t.Context(), func(ctx context.Context, r *db.Reader) error {
			return r.QueryRow(ctx, "SELECT count(*) FROM pg_stat_activity WHERE backend_xid IS NOT NULL").Scan(&n)
		})
		if err != nil || time.Since(start) > limit {
			t.Fatalf("%d transactions do not end: %v", n, err)
		}
	}
}

// each calls f for each row, which is in the variables of a scan.
func each(ctx context.Context, r *db.Reader, sql string, into []any, f func()) error {
	rows, err := r.Query(ctx, sql)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		f()
	}
	return rows.Err()
}

// compare looks for each entry how often it is there.
func (b *bank) compare(t *testing.T, there map[string]int) {
	t.Helper()
	l := &b.ledger
	totals := map[end]int{}
	lost, doubled, ghosts, done := 0, 0, 0, 0
	for id, a := range l.ends {
		totals[a.end]++
		n, wrong := there[id], ""
		switch {
		case n > 1:
			doubled++
			wrong = "it is there twice"
		case a.end == acknowledged && n == 0:
			lost++
			wrong = "it is lost"
		case a.end == refused && n == 1:
			ghosts++
			wrong = "it is there"
		case a.end == unknown && n == 1:
			done++
		}
		if wrong != "" {
			t.Errorf("of %s the client was told %s, and %s:\n%s", id, a.said, wrong, b.server.Lines(a.requestID()))
		}
	}
	result := fmt.Sprintf("%s; %d requests, %d of them repeated with their key; %d entries, %d with a key: %d acknowledged, %d refused, %d unknown (%d of them done); %d snapshots; %d lost, %d duplicated, %d refused but done",
		&b.faults, l.requests.Load(), l.repeated.Load(), len(l.ends), l.keyed, totals[acknowledged], totals[refused], totals[unknown], done, l.snapshots.Load(), lost, doubled, ghosts)
	t.Log(result)
	if missing := b.faults.Missing(b.must...); missing != "" {
		t.Errorf("there was no fault %q", missing)
	}
	if totals[acknowledged] < 50 || l.snapshots.Load() == 0 || l.repeated.Load() == 0 {
		t.Error("too little was done to show anything: see above")
	}
}
