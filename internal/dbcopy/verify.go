package dbcopy

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
)

// sum is a count and a checksum of rows in any order: the hashes of all rows, added
// up in two halves.
type sum struct {
	rows      int64
	high, low uint64
	row       bytes.Buffer
}

// value adds a value to the row, or none for NULL.
func (s *sum) value(v *string) {
	if v == nil {
		s.row.WriteByte(0)
		return
	}
	s.row.Write(binary.AppendUvarint([]byte{1}, uint64(len(*v))))
	s.row.WriteString(*v)
}

// end ends the row.
func (s *sum) end() {
	h := sha256.Sum256(s.row.Bytes())
	s.high += binary.BigEndian.Uint64(h[:8])
	s.low += binary.BigEndian.Uint64(h[8:16])
	s.rows++
	s.row.Reset()
}

func (s *sum) String() string { return fmt.Sprintf("%016x%016x", s.high, s.low) }

// verify reads a table from both databases and compares its rows.
func verify(ctx context.Context, from *source, to *target, t *table, progress func(string, bool, int64, int64)) (Table, error) {
	there, err := sourceSum(ctx, from, t)
	if err != nil {
		return Table{}, err
	}
	here, err := targetSum(ctx, to, t, func(done int64) { progress(t.name, true, done, there.rows) })
	if err != nil {
		return Table{}, err
	}
	switch {
	case here.rows != there.rows:
		return Table{}, fmt.Errorf("%d rows in the source, %d in the target: one of them was written to since they were copied; copy again with --restart", there.rows, here.rows)
	case here.String() != there.String():
		return Table{}, fmt.Errorf("%d rows in both, with other values: checksum %s in the source, %s in the target; copy again with --restart", here.rows, there, here)
	}
	return Table{Name: t.name, Rows: here.rows, Checksum: here.String()}, nil
}

func sourceSum(ctx context.Context, from *source, t *table) (*sum, error) {
	s := &sum{}
	_, err := from.rows(ctx, t, math.MinInt64, -1, func(values []any) error {
		for i, v := range values {
			if v == nil {
				s.value(nil)
				continue
			}
			c := t.columns[i]
			text, err := c.written(v)
			if err == nil {
				text, err = c.canonical(text)
			}
			if err != nil {
				return fmt.Errorf("%s: %w", c.name, err)
			}
			s.value(&text)
		}
		s.end()
		return nil
	})
	return s, err
}

// targetSum reads what COPY writes as it comes.
func targetSum(ctx context.Context, to *target, t *table, progress func(done int64)) (*sum, error) {
	s := &sum{}
	r, w := io.Pipe()
	read := make(chan error, 1)
	go func() {
		err := s.read(bufio.NewReaderSize(r, 1<<16), t, progress)
		r.CloseWithError(err) // so that COPY ends as well
		read <- err
	}()
	err := to.rows(ctx, t, w)
	w.CloseWithError(err) // nil is the end
	if failed := <-read; failed != nil && !errors.Is(failed, err) {
		err = failed
	}
	return s, err
}

func (s *sum) read(r *bufio.Reader, t *table, progress func(done int64)) error {
	for {
		line, err := r.ReadBytes('\n')
		if errors.Is(err, io.EOF) && len(line) == 0 {
			progress(s.rows)
			return nil
		}
		if err != nil {
			return err
		}
		values := bytes.Split(bytes.TrimSuffix(line, []byte("\n")), []byte("\t"))
		if len(values) != len(t.columns) {
			return fmt.Errorf("COPY wrote %d values for %d columns", len(values), len(t.columns))
		}
		for i, v := range values {
			if string(v) == `\N` {
				s.value(nil)
				continue
			}
			text, err := t.columns[i].canonical(unescape(v))
			if err != nil {
				return fmt.Errorf("%s: %w", t.columns[i].name, err)
			}
			s.value(&text)
		}
		if s.end(); s.rows%batch == 0 {
			progress(s.rows)
		}
	}
}

// unescape reads a value in the text format of COPY.
func unescape(v []byte) string {
	if bytes.IndexByte(v, '\\') < 0 {
		return string(v)
	}
	b := make([]byte, 0, len(v))
	for i := 0; i < len(v); i++ {
		if v[i] != '\\' || i+1 == len(v) {
			b = append(b, v[i])
			continue
		}
		i++
		switch v[i] {
		case 'n':
			b = append(b, '\n')
		case 'r':
			b = append(b, '\r')
		case 't':
			b = append(b, '\t')
		case 'b':
			b = append(b, '\b')
		case 'f':
			b = append(b, '\f')
		case 'v':
			b = append(b, '\v')
		default:
			b = append(b, v[i])
		}
	}
	return string(b)
}
