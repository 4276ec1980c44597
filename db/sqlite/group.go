package sqlite

import (
	"errors"
	"time"

	"github.com/terem-go/terem/db"
)

// group are the units that have finished in the open transaction and wait for
// its COMMIT. There is none before the first has finished, so that a unit that
// is by itself pays nothing.
type group struct {
	size int
	due  time.Time     // from then on nobody joins
	done chan struct{} // closed when err is known
	err  error
}

const (
	groupSize = 64                   // a group closes when it has so many members
	groupTime = 5 * time.Millisecond // or after that; a member that takes as long by itself loses its place
)

// open reports whether another unit may join.
func (g *group) open() bool { return g.size < groupSize && time.Now().Before(g.due) }

// add makes the unit that has the turn a member of the group.
func (w *writer) add() {
	if w.group == nil {
		w.group = &group{due: time.Now().Add(w.groupTime), done: make(chan struct{})}
	}
	w.group.size++
}

// next ends the turn of a unit. The transaction goes on if units have finished
// in it and another one waits that may join, and is committed otherwise.
func (w *writer) next() {
	g := w.group
	switch {
	case g == nil:
		w.turn.Leave()
	case w.gone:
		w.settle(displaced("it was rolled back", nil))
	case g.open() && !w.conn.pragma && w.turn.Pass():
	default:
		err := w.commit()
		if err != nil && g.size > 1 && db.ClassOf(err) != db.Full {
			// Each fails by itself or not at all. A full disk is full for all.
			err = displaced("COMMIT failed", err)
		}
		w.settle(err)
	}
}

// settle ends the turn and tells the group what became of its transaction.
func (w *writer) settle(err error) {
	g := w.group
	w.group = nil
	w.turn.Leave() // first, so that the next transaction begins meanwhile
	g.err = err
	close(g.done)
}

// displaced is the failure of a unit that lost its place. The cause is text
// alone: its class and its constraint may be another unit's.
func displaced(what string, cause error) error {
	if cause != nil {
		what += ": " + cause.Error()
	}
	return &db.Error{Class: db.Contended, Displaced: true, Err: errors.New("sqlite: the transaction is shared: " + what)}
}
