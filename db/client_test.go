package db_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/db"
)

// replicated is an engine with replicas: it notes where readers may go.
type replicated struct {
	fake
	position db.Position
	placed   []db.Options
}

func (r *replicated) Replicated() bool          { return true }
func (r *replicated) Begin(db.Options) db.Tx    { return r }
func (r *replicated) Position() db.Position     { return r.position }
func (r *replicated) Read(o db.Options) db.Conn { r.placed = append(r.placed, o); return r }

func (r *replicated) Query(context.Context, string, []any) (db.Rows, error) {
	return nil, &db.Error{Class: db.Contended, Err: errPlain}
}

// last returns where the last reader was let go, and after which position.
func (r *replicated) last() (replica bool, after db.Position) {
	o := r.placed[len(r.placed)-1]
	return o.Replica, o.After
}

func read(ctx context.Context, d *db.DB, opts ...db.Option) {
	_ = d.Read(ctx, func(context.Context, *db.Reader) error { return nil }, opts...)
}

// What a client writes holds for all that is done under its context, however
// long that takes.
func TestAClientsWrites(t *testing.T) {
	t.Parallel()
	e := &replicated{position: 7}
	d := db.New(e, db.Config{})
	c := db.NewClient(time.Time{}, 0)
	ctx := c.Context(t.Context())
	read(ctx, d)
	if replica, _ := e.last(); !replica {
		t.Error("a client that has written nothing is kept on the primary")
	}
	err := d.Do(ctx, func(ctx context.Context, s *db.Session) error {
		_, err := s.Exec(ctx, "INSERT")
		return err
	})
	at, p, ok := c.Wrote()
	if err != nil || p != 7 || !ok {
		t.Fatalf("the client wrote %v up to %v, %v", ok, p, err)
	}
	read(ctx, d)
	if replica, _ := e.last(); replica {
		t.Error("a read behind the write goes to a replica")
	}
	read(ctx, d, db.Replica)
	if replica, after := e.last(); !replica || after != 7 {
		t.Errorf("with Replica it goes to one: %v, after %v", replica, after)
	}
	busy := db.NewClient(time.Time{}, 0)
	busy.Stay()
	read(busy.Context(t.Context()), d)
	if replica, _ := e.last(); replica {
		t.Error("a read goes to a replica although the client's stay")
	}
	read(busy.Context(t.Context()), d, db.Replica)
	if replica, _ := e.last(); !replica {
		t.Error("a read with Replica stays on the primary")
	}
	later := db.NewClient(at.Add(-db.Fresh), p)
	read(later.Context(t.Context()), d, db.Replica)
	if replica, after := e.last(); !replica || after != 0 {
		t.Errorf("long after the write it goes to a replica: %v, after %v", replica, after)
	}
	ahead := db.NewClient(time.Now().Add(time.Minute), p) // by another machine's clock
	read(ahead.Context(t.Context()), d)
	if replica, _ := e.last(); replica {
		t.Error("a read goes to a replica although a clock is ahead")
	}
}

// A COMMIT whose outcome is not known may have been done.
func TestAClientsLostCommit(t *testing.T) {
	t.Parallel()
	e := &replicated{fake: fake{commit: func(int) error { return &db.Error{Class: db.Lost, Err: errPlain} }}}
	c := db.NewClient(time.Time{}, 0)
	err := db.New(e, db.Config{}).Do(c.Context(t.Context()), func(ctx context.Context, s *db.Session) error {
		_, err := s.Exec(ctx, "INSERT")
		return err
	})
	if _, _, ok := c.Wrote(); !ok || db.ClassOf(err) != db.Lost {
		t.Errorf("it counts as a write: %v; %v", ok, err)
	}
}

// What fails on a replica is tried again on the primary.
func TestAReaderIsTriedAgainOnThePrimary(t *testing.T) {
	t.Parallel()
	e := &replicated{}
	_ = db.New(e, db.Config{}).Read(t.Context(), func(ctx context.Context, r *db.Reader) error {
		_, err := r.Query(ctx, "SELECT")
		return err
	}, db.Replica)
	var got []bool
	for _, o := range e.placed {
		got = append(got, o.Replica)
	}
	if want := []bool{true, false, false}; !cmp.Equal(got, want) {
		t.Errorf("attempts on a replica: %v, want %v", got, want)
	}
}
