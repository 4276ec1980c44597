package dbtest

import (
	"context"
	"errors"
	"os"

	"github.com/terem-go/terem/db"
)

// Retry has each session of d that begins from now on conflict, as if with
// others: once at each of its first 16 statements, and once at COMMIT. So its
// function runs in vain after each statement, and then to its end, before it
// counts. Left alone are sessions that send nothing, which cannot conflict, and
// those that are tried once only (db.Attempts(1)).
func Retry(d *db.DB) { d.Observe(retry{statements: 16}) }

// retryAsTold does what TEREM_TEST_RETRY says.
func retryAsTold(d *db.DB) {
	switch os.Getenv("TEREM_TEST_RETRY") {
	case "1":
		d.Observe(retry{})
	case "all":
		Retry(d)
	}
}

// retry refuses a session's first attempt its first statement, the second
// attempt its second one, and so on, until one comes to COMMIT, which is refused
// to it.
type retry struct {
	statements int // of a session, at most: to refuse n of them takes n²/2
}

var (
	_ db.Observer = retry{}

	errConflict = &db.Error{Class: db.Contended, Err: errors.New("dbtest: a conflict that dbtest.Retry or TEREM_TEST_RETRY has asked for")}
)

func (retry) Begin(ctx context.Context, _ *db.Attempt) context.Context { return ctx }

func (r retry) Before(ctx context.Context, a *db.Attempt) (context.Context, error) {
	conflict := false
	switch {
	case !a.Writes || a.Attempts == 1:
	case a.SQL == "COMMIT":
		conflict = a.Number <= r.statements+1 && a.Statements >= a.Number-1
	case a.SQL != "ROLLBACK":
		conflict = a.Number <= r.statements && a.Statements == a.Number
	}
	if conflict {
		return ctx, errConflict
	}
	return ctx, nil
}

func (retry) After(context.Context, *db.Attempt, error) {}

func (retry) End(context.Context, *db.Attempt) {}
