package dbcopy

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/jackc/pgx/v5"
)

// batch and batchBytes are how many rows, and about how many bytes, are written in one
// transaction: what an interrupted copy has to do again, and what is held in memory.
// A table without row numbers is written in one, as it is read.
const (
	batch      = 10_000
	batchBytes = 8 << 20
)

// errFull ends a batch of large rows.
var errFull = errors.New("the batch is full")

// copyTable copies the rows of a table behind those that are there. What a batch
// has written and how far it has come are committed as one.
func copyTable(ctx context.Context, from *source, to *target, s *state, t *table, progress func(string, bool, int64, int64)) error {
	total, err := from.count(ctx, t.name)
	if err != nil {
		return err
	}
	p := s.Done[t.name]
	if p == nil {
		p = &position{}
		s.Done[t.name] = p
	}
	if t.rowid == "" && !p.Finished {
		if err := copyWhole(ctx, from, to, s, t, p); err != nil {
			return err
		}
		progress(t.name, false, p.Rows, total)
	}
	var b bytes.Buffer
	for !p.Finished {
		b.Reset()
		var n int64
		first := int64(math.MinInt64)
		if p.Rows > 0 {
			first = p.After + 1
		}
		last, err := from.rows(ctx, t, first, batch, func(values []any) error {
			n++
			if err := appendRow(&b, t, values); err != nil {
				return err
			}
			if b.Len() > batchBytes {
				return errFull
			}
			return nil
		})
		full := errors.Is(err, errFull)
		if err != nil && !full {
			return fmt.Errorf("behind row %d: %w", p.Rows, err)
		}
		before := p.Rows
		if n > 0 {
			p.After, p.Rows = last, p.Rows+n
		}
		p.Finished = !full && n < batch || p.After == math.MaxInt64
		err = pgx.BeginFunc(ctx, to.conn, func(tx pgx.Tx) error {
			if n > 0 {
				if err := to.insert(ctx, t, &b); err != nil {
					return err
				}
			}
			return save(ctx, tx, s)
		})
		if err != nil {
			return fmt.Errorf("behind row %d: %w", before, err)
		}
		progress(t.name, false, p.Rows, total)
	}
	return nil
}

// copyWhole copies a table whose rows have no numbers, in one transaction, without
// holding them.
func copyWhole(ctx context.Context, from *source, to *target, s *state, t *table, p *position) error {
	return pgx.BeginFunc(ctx, to.conn, func(tx pgx.Tx) error {
		r, w := io.Pipe()
		read := make(chan error, 1)
		go func() {
			var b bytes.Buffer
			_, err := from.rows(ctx, t, 0, 0, func(values []any) error {
				p.Rows++
				b.Reset()
				if err := appendRow(&b, t, values); err != nil {
					return err
				}
				_, err := w.Write(b.Bytes())
				return err
			})
			w.CloseWithError(err) // nil is the end
			read <- err
		}()
		err := to.insert(ctx, t, bufio.NewReaderSize(r, 1<<16))
		r.CloseWithError(err)
		if failed := <-read; failed != nil {
			err = failed
		}
		if err != nil {
			return err
		}
		p.Finished = true
		return save(ctx, tx, s)
	})
}

// appendRow writes a row in the text format of COPY.
func appendRow(b *bytes.Buffer, t *table, values []any) error {
	for i, v := range values {
		if i > 0 {
			b.WriteByte('\t')
		}
		if v == nil {
			b.WriteString(`\N`)
			continue
		}
		c := t.columns[i]
		s, err := c.written(v)
		if err == nil && c.array() {
			s, err = arrayOf(s)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
		escape(b, s)
	}
	b.WriteByte('\n')
	return nil
}

// escape writes a value in the text format of COPY.
func escape(b *bytes.Buffer, s string) {
	for i := range len(s) {
		switch c := s[i]; c {
		case '\\':
			b.WriteString(`\\`)
		case '\n':
			b.WriteString(`\n`)
		case '\r':
			b.WriteString(`\r`)
		case '\t':
			b.WriteString(`\t`)
		default:
			b.WriteByte(c)
		}
	}
}
