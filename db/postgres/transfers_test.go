package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/internal/faultproxy"
	"github.com/terem-go/terem/internal/pgserver"
)

const (
	accounts, balance = 10, 1000
	clients           = 16
)

// TestTransfersUnderFaults moves money between accounts while connections fail
// at every point, at each isolation level, and the server crashes. What was
// acknowledged is there once, what was refused is not, and no money is lost or
// made. TEREM_TEST_FAULTS is how long it goes on, such as 5m; the default is 3s,
// or longer until every point was hit.
func TestTransfersUnderFaults(t *testing.T) {
	t.Parallel()
	last := 3 * time.Second
	if s := os.Getenv("TEREM_TEST_FAULTS"); s != "" {
		var err error
		if last, err = time.ParseDuration(s); err != nil {
			t.Fatal("TEREM_TEST_FAULTS:", err)
		}
	}
	for name, c := range map[string]struct {
		transfer func(context.Context, *db.Session, transfer) error
		options  []db.Option
	}{
		"default":      {relative, nil},
		"serializable": {absolute, []db.Option{db.Serializable, db.Attempts(10)}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, direct, url := newProxy(t, pgserver.Options{})
			straight := open(t, direct)
			do(t, straight, "CREATE TABLE accounts (id int PRIMARY KEY, balance int NOT NULL)",
				"CREATE TABLE transfers (id int, source int, target int, amount int)", // without a key, so that doubles show
				fmt.Sprintf("INSERT INTO accounts SELECT n, %d FROM generate_series(0, %d) n", balance, accounts-1))
			d := openWith(t, with(url, "pool_max_conns=8&max_wait=200ms&deadlock_timeout=20ms"), db.Config{CommitTimeout: time.Second})
			b := &bank{d: d, transfer: c.transfer, options: append(c.options, db.Timeout(time.Second))}
			p.Pick(b.faults.Pick)
			b.faults.Active.Store(true)
			b.run(t, last, p.server)
			b.faults.Active.Store(false)
			p.Cut() // what is silent, and may hold locks
			b.check(t, straight)
		})
	}
}

// transfer is one movement of money.
type transfer struct{ id, source, target, amount int }

// relative changes balances in the database.
func relative(ctx context.Context, s *db.Session, m transfer) error {
	for account, amount := range map[int]int{m.source: -m.amount, m.target: m.amount} {
		if _, err := s.Exec(ctx, "UPDATE accounts SET balance = balance + $2 WHERE id = $1", account, amount); err != nil {
			return err
		}
	}
	return m.record(ctx, s)
}

// absolute reads balances and writes what they shall be, which loses updates
// where others do so at the same time.
func absolute(ctx context.Context, s *db.Session, m transfer) error {
	for account, amount := range map[int]int{m.source: -m.amount, m.target: m.amount} {
		var now int
		if err := s.QueryRow(ctx, "SELECT balance FROM accounts WHERE id = $1", account).Scan(&now); err != nil {
			return err
		}
		if _, err := s.Exec(ctx, "UPDATE accounts SET balance = $2 WHERE id = $1", account, now+amount); err != nil {
			return err
		}
	}
	return m.record(ctx, s)
}

func (m transfer) record(ctx context.Context, s *db.Session) error {
	_, err := s.Exec(ctx, "INSERT INTO transfers VALUES ($1, $2, $3, $4)", m.id, m.source, m.target, m.amount)
	return err
}

// mustHappen are the faults without which the test has shown too little.
var mustHappen = append(faultproxy.Cuts(), "server crash")

// bank makes transfers and remembers what became of them.
type bank struct {
	faults   faultproxy.Chance
	d        *db.DB
	transfer func(context.Context, *db.Session, transfer) error
	options  []db.Option

	next  atomic.Int64
	mu    sync.Mutex
	ends  map[int]end
	hooks map[int]int // that ran, by transfer
}

// end is what a client was told of a transfer.
type end string

const (
	acknowledged end = "acknowledged"
	refused      end = "refused"
	unknown      end = "unknown"
)

// run lets the clients work, and the server crash from time to time.
func (b *bank) run(t *testing.T, last time.Duration, s *pgserver.Server) {
	b.ends, b.hooks = map[int]end{}, map[int]int{}
	start := time.Now()
	var group sync.WaitGroup
	for range clients {
		group.Go(func() {
			for took := time.Duration(0); took < last || took < limit && b.faults.Missing(mustHappen...) != ""; took = time.Since(start) {
				b.one(t)
			}
		})
	}
	for range max(1, int(last/(10*time.Second))) {
		time.Sleep(min(last, 10*time.Second) / 2)
		if err := errors.Join(s.Kill(), s.Restart(t.Context())); err != nil {
			t.Error(err)
		}
		b.faults.Count("server crash")
		time.Sleep(min(last, 10*time.Second) / 2)
	}
	group.Wait()
}

func (b *bank) one(t *testing.T) {
	m := transfer{id: int(b.next.Add(1)), source: rand.N(accounts), amount: 1 + rand.N(50)}
	m.target = (m.source + 1 + rand.N(accounts-1)) % accounts
	err := b.d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
		s.AfterCommit(func(context.Context) {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.hooks[m.id]++
		})
		return b.transfer(ctx, s, m)
	}, b.options...)
	b.mu.Lock()
	defer b.mu.Unlock()
	switch db.ClassOf(err) {
	case db.Other:
		b.ends[m.id] = acknowledged
		if err != nil && !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("transfer %d: %v", m.id, err)
		}
		if err != nil {
			b.ends[m.id] = refused
		}
	case db.Lost:
		b.ends[m.id] = unknown
	case db.Unreachable, db.Contended, db.Canceled, db.Busy:
		b.ends[m.id] = refused
	default:
		b.ends[m.id] = refused
		t.Errorf("transfer %d: %v (class %d)", m.id, err, db.ClassOf(err))
	}
}

// check compares what is in the database with what the clients were told.
func (b *bank) check(t *testing.T, straight *db.DB) {
	t.Helper()
	eventually(t, "every transaction has ended", func() bool {
		return look(limited(t), straight, "SELECT 1") == nil &&
			value[int](t, straight, "SELECT count(*) FROM pg_stat_activity WHERE backend_xid IS NOT NULL") == 0
	})
	if sum := value[int](t, straight, "SELECT sum(balance) FROM accounts"); sum != accounts*balance {
		t.Errorf("there is %d, and should be %d", sum, accounts*balance)
	}
	if wrong := value[int](t, straight, `SELECT count(*) FROM accounts a WHERE balance <> $1
		+ (SELECT coalesce(sum(amount), 0) FROM transfers WHERE target = a.id)
		- (SELECT coalesce(sum(amount), 0) FROM transfers WHERE source = a.id)`, balance); wrong != 0 {
		t.Errorf("%d balances are not what their transfers make", wrong)
	}
	there := map[int]int{}
	err := straight.Read(limited(t), func(ctx context.Context, r *db.Reader) error {
		rows, err := r.Query(ctx, "SELECT id, count(*) FROM transfers GROUP BY id")
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var id, n int
			if err := rows.Scan(&id, &n); err != nil {
				return err
			}
			there[id] = n
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	totals := map[end]int{}
	lost, doubled, ghosts, done, hooks := 0, 0, 0, 0, 0
	for id, e := range b.ends {
		totals[e]++
		n := there[id]
		switch {
		case n > 1:
			doubled++
		case e == acknowledged && n == 0:
			lost++
		case e == refused && n == 1:
			ghosts++
		case e == unknown && n == 1:
			done++
		}
		if want := map[bool]int{true: 1}[e == acknowledged]; b.hooks[id] != want {
			hooks++
		}
	}
	t.Logf("%s; %d transfers: %d acknowledged, %d refused, %d unknown (%d of them done); %d lost, %d doubled, %d refused but done",
		&b.faults, len(b.ends), totals[acknowledged], totals[refused], totals[unknown], done, lost, doubled, ghosts)
	if lost+doubled+ghosts > 0 {
		t.Errorf("%d transfers are lost, %d doubled, %d refused but done", lost, doubled, ghosts)
	}
	if hooks > 0 {
		t.Errorf("of %d transfers the hooks did not run once if they were acknowledged, and never otherwise", hooks)
	}
	if missing := b.faults.Missing(mustHappen...); missing != "" {
		t.Errorf("there was no fault %q", missing)
	}
	if totals[acknowledged] < 20 {
		t.Errorf("only %d transfers were acknowledged", totals[acknowledged])
	}
}
