package dbcopy

import (
	"bytes"
	"context"
	"fmt"
	"math"

	"github.com/jackc/pgx/v5"
)

// batch is how many rows are written in one transaction: what an interrupted copy
// has to do again, and what is held in memory.
const batch = 10_000

// copyTable copies the rows of a table behind those that are there. What a batch
// has written and how far it has come are committed as one.
func copyTable(ctx context.Context, from *source, to *target, s *state, t *table, progress func(string, bool, int64, int64)) error {
	total, err := from.count(ctx, t.name)
	if err != nil {
		return err
	}
	p := s.Done[t.name]
	if p == nil {
		p = &position{After: math.MinInt64}
		s.Done[t.name] = p
	}
	var b bytes.Buffer
	for !p.Finished {
		b.Reset()
		var n int64
		last, err := from.rows(ctx, t, p.After, batch, func(values []any) error {
			n++
			return appendRow(&b, t, values)
		})
		if err != nil {
			return fmt.Errorf("behind row %d: %w", p.Rows, err)
		}
		before := p.Rows
		if n > 0 {
			p.After, p.Rows = last, p.Rows+n
		}
		p.Finished = n < batch || t.rowid == ""
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
