//go:build unix

package bank

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing/fstest"

	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/app"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/errs"
)

const accounts, balance = 10, 1000

// migrations make the first accounts, and a ledger without a key, so that
// doubles show.
var migrations = func() fstest.MapFS {
	var values []string
	for id := range accounts {
		values = append(values, fmt.Sprintf("(%d, %d)", id, balance))
	}
	f := &fstest.MapFile{Data: []byte(`-- +goose Up
CREATE TABLE accounts (id BIGINT PRIMARY KEY, balance BIGINT NOT NULL);
CREATE TABLE ledger (id TEXT NOT NULL, source BIGINT NOT NULL, target BIGINT NOT NULL, amount BIGINT NOT NULL);
INSERT INTO accounts VALUES ` + strings.Join(values, ", ") + `;
-- +goose Down
DROP TABLE ledger;
DROP TABLE accounts;
`)}
	return fstest.MapFS{"sqlite/00001_bank.sql": f, "postgres/00001_bank.sql": f}
}()

// routes are the server's.
type routes struct{}

func (routes) Register(a *app.App) {
	r := a.Router("bank")
	api.Post(r, "/accounts", openAccount, api.Public, api.Idempotent)
	api.Post(r, "/transfers/relative", transferRelative, api.Public, api.Idempotent)
	api.Post(r, "/transfers/locked", transferLocked, api.Public, api.Idempotent)
	api.Post(r, "/transfers/serializable", transferSerializable, api.Public, api.Idempotent, api.Unit(db.Serializable, db.Attempts(10)))
	api.Get(r, "/total", total, api.Public, api.Unit(db.Snapshot))
}

// ways are the routes that transfer.
var ways = []string{"relative", "locked", "serializable"}

// entry is what a client sends, and a row of the ledger. An account is opened
// with an entry of nothing from it to itself.
type entry struct {
	ID     string `json:"id"`
	Source int64  `json:"source"`
	Target int64  `json:"target"`
	Amount int64  `json:"amount"`
}

func (e entry) record(ctx context.Context, s *db.Session) (*entry, error) {
	_, err := s.Exec(ctx, "INSERT INTO ledger VALUES ($1, $2, $3, $4)", e.ID, e.Source, e.Target, e.Amount)
	return &e, err
}

type request struct{ Body entry }

func openAccount(ctx context.Context, s *db.Session, in *request) (*entry, error) {
	if _, err := s.Exec(ctx, "INSERT INTO accounts VALUES ($1, 0)", in.Body.Source); err != nil {
		return nil, err
	}
	return in.Body.record(ctx, s)
}

var errNoAccount = errs.New(errs.NotFound, "no_account", "There is no such account.")

// change is what a transfer does to an account.
type change struct{ account, amount int64 }

func (e entry) changes() []change { return []change{{e.Source, -e.Amount}, {e.Target, e.Amount}} }

// transferRelative leaves the sums to the database.
func transferRelative(ctx context.Context, s *db.Session, in *request) (*entry, error) {
	for _, c := range in.Body.changes() {
		n, err := s.Exec(ctx, "UPDATE accounts SET balance = balance + $2 WHERE id = $1", c.account, c.amount)
		if err == nil && n == 0 {
			err = errNoAccount.Here()
		}
		if err != nil {
			return nil, err
		}
	}
	return in.Body.record(ctx, s)
}

// transferLocked locks what it reads, in no order, so that there are deadlocks.
func transferLocked(ctx context.Context, s *db.Session, in *request) (*entry, error) {
	lock := ""
	if s.Dialect() == db.Postgres {
		lock = " FOR UPDATE"
	}
	return transferAbsolute(ctx, s, in, lock)
}

// transferSerializable leaves it to the database to find what would be lost.
func transferSerializable(ctx context.Context, s *db.Session, in *request) (*entry, error) {
	return transferAbsolute(ctx, s, in, "")
}

// transferAbsolute reads both balances and writes what they shall be.
func transferAbsolute(ctx context.Context, s *db.Session, in *request, lock string) (*entry, error) {
	changes := in.Body.changes()
	shall := make([]int64, len(changes))
	for i, c := range changes {
		var now int64
		err := s.QueryRow(ctx, "SELECT balance FROM accounts WHERE id = $1"+lock, c.account).Scan(&now)
		if errors.Is(err, db.ErrNoRows) {
			err = errNoAccount.Here()
		}
		if err != nil {
			return nil, err
		}
		shall[i] = now + c.amount
	}
	for i, c := range changes {
		if _, err := s.Exec(ctx, "UPDATE accounts SET balance = $2 WHERE id = $1", c.account, shall[i]); err != nil {
			return nil, err
		}
	}
	return in.Body.record(ctx, s)
}

type sum struct {
	Sum int64 `json:"sum"`
}

// total adds the balances up in two statements, between which others transfer.
func total(ctx context.Context, r *db.Reader, _ *struct{}) (*sum, error) {
	var all sum
	for rest := range 2 {
		var part int64
		if err := r.QueryRow(ctx, "SELECT CAST(sum(balance) AS BIGINT) FROM accounts WHERE id % 2 = $1", rest).Scan(&part); err != nil {
			return nil, err
		}
		all.Sum += part
	}
	return &all, nil
}
