package dbtest

import (
	"context"
	"errors"
	"os"
	"sync"

	"github.com/terem-go/terem/db"
)

// Retry has each session of d that begins from now on conflict, as if with
// others: once at each of its first 16 statements, and once at COMMIT. Its
// function runs again after each conflict, and only the last time counts. Left
// alone are sessions that send nothing, which cannot conflict, and those that are
// tried once only (db.Attempts(1)).
func Retry(d *db.DB) { d.Observe(&retry{statements: 16}) }

// retryAsTold does what TEREM_TEST_RETRY says.
func retryAsTold(d *db.DB) {
	switch os.Getenv("TEREM_TEST_RETRY") {
	case "1":
		d.Observe(&retry{})
	case "all":
		Retry(d)
	}
}

// retry is an observer that refuses what no attempt of a session was refused yet.
type retry struct {
	statements int // of a session, at most: to refuse n of them takes n²/2

	mu       sync.Mutex
	attempts map[*db.Attempt]*conflicts // under way
}

// conflicts are those of a session. Statements are told apart by their text, and
// where one is sent again, by how often: which one is the third may change, since
// River does not notify twice in a millisecond.
type conflicts struct {
	had  map[statement]bool
	sent map[string]int // by this attempt
}

type statement struct {
	sql string
	n   int
}

var (
	_ db.Observer = (*retry)(nil)

	errConflict = &db.Error{Class: db.Contended, Err: errors.New("dbtest: a conflict that dbtest.Retry or TEREM_TEST_RETRY has asked for: return it, and the session is run again")}
)

func (r *retry) Begin(ctx context.Context, a *db.Attempt) context.Context {
	if !a.Writes || a.Attempts == 1 {
		return ctx
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.attempts == nil {
		r.attempts = map[*db.Attempt]*conflicts{}
	}
	c := &conflicts{had: map[statement]bool{}, sent: map[string]int{}}
	if last := r.attempts[a.Last]; last != nil {
		c.had = last.had
		delete(r.attempts, a.Last)
	}
	r.attempts[a] = c
	return ctx
}

func (r *retry) Before(ctx context.Context, a *db.Attempt) (context.Context, error) {
	r.mu.Lock()
	c := r.attempts[a]
	r.mu.Unlock()
	if c == nil || a.SQL == "ROLLBACK" {
		return ctx, nil
	}
	c.sent[a.SQL]++
	s := statement{a.SQL, c.sent[a.SQL]}
	if c.had[s] || s.sql != "COMMIT" && len(c.had) >= r.statements {
		return ctx, nil
	}
	c.had[s] = true
	return ctx, errConflict
}

func (*retry) After(context.Context, *db.Attempt, error) {}

func (r *retry) End(_ context.Context, a *db.Attempt) {
	if !a.Refused { // else there is another one
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(r.attempts, a)
	}
}
