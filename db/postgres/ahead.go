package postgres

import (
	"encoding/binary"
	"errors"
	"io"

	"github.com/jackc/pgx/v5/pgproto3"
)

// command is a statement of this engine's own that goes ahead of an
// application's. It has no parameters.
type command struct {
	prepare []byte // the messages that make it a prepared statement,
	run     []byte // that run this,
	once    []byte // and that run it without a name
}

func newCommand(name, sql string) *command {
	binary := []int16{1}
	return &command{
		prepare: encode(&pgproto3.Close{ObjectType: 'S', Name: name}, &pgproto3.Parse{Name: name, Query: sql}),
		run:     encode(&pgproto3.Bind{PreparedStatement: name, ResultFormatCodes: binary}, &pgproto3.Execute{}),
		once:    encode(&pgproto3.Parse{Query: sql}, &pgproto3.Bind{ResultFormatCodes: binary}, &pgproto3.Execute{}),
	}
}

func encode(messages ...pgproto3.FrontendMessage) (buf []byte) {
	for _, m := range messages {
		var err error
		if buf, err = m.Encode(buf); err != nil {
			panic(err)
		}
	}
	return buf
}

// ahead stands between pgx and a connection. It sends commands ahead of what pgx
// sends next, in one write and without a Sync, so that what follows a command
// that fails is not done, and keeps their answers from pgx. A failure is not
// kept: pgx takes it for that of its own statement.
//
// pgx has Batch.BeginTx for this. A batch costs a session three times as many
// allocations as a query, gives the connection up for arguments that do not fit,
// and knows no options.
type ahead struct {
	r      io.Reader
	w      io.Writer
	unread func() int // bytes that pgx has read, but not used
	named  bool       // statements can be prepared

	prepared map[*command]bool
	next     []byte // what is sent ahead
	number   int    // of commands in it

	waiting int    // commands whose answers are still to come
	in      []byte // read, and not given to pgx
	used    int    // bytes at the beginning of in that are done with
	notes   []byte // messages among the answers that are meant for pgx
	row     []byte // the row that a command has answered with
}

// add puts a command ahead of what pgx sends next.
func (a *ahead) add(c *command) {
	switch {
	case !a.named:
		a.next = append(a.next, c.once...)
	case a.prepared[c]:
		a.next = append(a.next, c.run...)
	default:
		a.next = append(append(a.next, c.prepare...), c.run...)
		a.prepared[c] = true
	}
	a.number++
	a.row = a.row[:0]
}

// drop forgets commands that were not sent.
func (a *ahead) drop() {
	if a.number > 0 {
		a.next, a.number = a.next[:0], 0
		clear(a.prepared)
	}
}

var errAhead = errors.New("postgres: nothing can go ahead of the simple protocol, or of a message that was read in part")

// Write implements io.Writer for pgx.
func (a *ahead) Write(p []byte) (int, error) {
	if a.number == 0 {
		return a.w.Write(p)
	}
	if p[0] == 'Q' || a.unread() > 0 || a.used < len(a.in) { // after a failure the server would skip a Q, and never answer
		return 0, errAhead
	}
	before := len(a.next)
	message := append(a.next, p...)
	if cap(message) <= 1<<13 { // or it would keep what a large argument needed
		a.next = message
	}
	a.next, a.number, a.waiting = a.next[:0], 0, a.number
	a.in, a.used = a.in[:0], 0
	n, err := a.w.Write(message)
	return max(0, n-before), err
}

// Read implements io.Reader for pgx.
func (a *ahead) Read(p []byte) (int, error) {
	for a.waiting > 0 {
		n, err := a.r.Read(p)
		a.in = append(a.in, p[:n]...)
		a.sift()
		if err != nil && a.waiting > 0 {
			return 0, err
		}
	}
	if len(a.notes) > 0 {
		n := copy(p, a.notes)
		a.notes = a.notes[n:]
		return n, nil
	}
	if a.used < len(a.in) {
		n := copy(p, a.in[a.used:])
		if a.used += n; a.used == len(a.in) {
			a.in, a.used = a.in[:0], 0
		}
		return n, nil
	}
	return a.r.Read(p)
}

// sift takes the answers to commands out of what was read.
func (a *ahead) sift() {
	for a.waiting > 0 {
		m := a.in[a.used:]
		if len(m) < 5 {
			return
		}
		size := 1 + int(binary.BigEndian.Uint32(m[1:]))
		switch m[0] {
		case '1', '2', '3', 'C', 'D', 'N', 'S', 'A':
		default: // a failure, or what pgx will complain of
			a.waiting = 0
			clear(a.prepared)
			return
		}
		if len(m) < size {
			return
		}
		switch m[0] {
		case 'N', 'S', 'A': // notices, parameters and notifications come at any time
			a.notes = append(a.notes, m[:size]...)
		case 'D':
			a.row = append(a.row, m[5:size]...)
		case 'C':
			a.waiting--
		}
		a.used += size
	}
}
