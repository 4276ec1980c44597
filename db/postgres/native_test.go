package postgres_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/postgres"
)

type note struct {
	ID   int
	Body *string
}

// notesOf are queries as sqlc writes them.
type notesOf struct{ db postgres.DBTX }

func (n notesOf) create(ctx context.Context, id int) error {
	_, err := n.db.Exec(ctx, "INSERT INTO notes (id) VALUES ($1)", id)
	return err
}

func (n notesOf) get(ctx context.Context, id int) (row note, err error) {
	err = n.db.QueryRow(ctx, "SELECT id, body FROM notes WHERE id = $1", id).Scan(&row.ID, &row.Body)
	return row, err
}

func (n notesOf) list(ctx context.Context) ([]note, error) {
	rows, err := n.db.Query(ctx, "SELECT id, body FROM notes ORDER BY id")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []note
	for rows.Next() {
		var row note
		if err := rows.Scan(&row.ID, &row.Body); err != nil {
			return nil, err
		}
		all = append(all, row)
	}
	return all, rows.Err()
}

func TestNativeSession(t *testing.T) {
	t.Parallel()
	d := open(t, one(fresh(t)))
	do(t, d, notes)
	err := d.Do(limited(t), func(ctx context.Context, s *db.Session) error {
		q := notesOf{postgres.Native(s)}
		if err := errors.Join(q.create(ctx, 1), insert(ctx, s, 2), q.create(ctx, 3)); err != nil {
			return err
		}
		if _, err := q.get(ctx, 9); !errors.Is(err, pgx.ErrNoRows) { // which is no failure
			t.Errorf("no row: %v", err)
		}
		if row, err := q.get(ctx, 2); err != nil || row.ID != 2 {
			t.Errorf("got %v, %v", row, err)
		}
		all, err := q.list(ctx)
		if diff := cmp.Diff([]note{{ID: 1}, {ID: 2}, {ID: 3}}, all); diff != "" {
			t.Errorf("notes (-want +got):\n%s", diff)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestNativeReader(t *testing.T) {
	t.Parallel()
	d := open(t, one(fresh(t)))
	do(t, d, notes, "INSERT INTO notes (id) VALUES (1)")
	for _, opts := range [][]db.Option{nil, {db.Snapshot}} {
		err := d.Read(limited(t), func(ctx context.Context, r *db.Reader) error {
			q := notesOf{postgres.Native(r)}
			rows, err := q.db.Query(ctx, "SELECT id, body FROM notes")
			if err != nil {
				return err
			}
			all, err := pgx.CollectRows(rows, pgx.RowToStructByName[note])
			if err != nil || len(all) != 1 {
				t.Errorf("got %v, %v", all, err)
			}
			if _, err := q.get(ctx, 1); err != nil {
				return err
			}
			b := &pgx.Batch{}
			b.Queue("SELECT 1")
			if err := q.db.SendBatch(ctx, b).Close(); err != nil {
				return err
			}
			return q.create(ctx, 2)
		}, opts...)
		if db.ClassOf(err) != db.ReadOnly {
			t.Errorf("a reader that writes: %v", err)
		}
	}
}

// Failures through pgx's methods count, whatever becomes of their errors.
func TestNativeFailures(t *testing.T) {
	t.Parallel()
	const bad = "SELECT 1/(3-n) FROM generate_series(1, 9) n"
	for name, c := range map[string]struct {
		f  func(ctx context.Context, q postgres.DBTX)
		as db.Class
	}{
		"Exec":  {func(ctx context.Context, q postgres.DBTX) { _, _ = q.Exec(ctx, bad) }, db.Data},
		"Query": {func(ctx context.Context, q postgres.DBTX) { _, _ = q.Query(ctx, "SELECT 1/0") }, db.Data},
		"rows that are read": {func(ctx context.Context, q postgres.DBTX) {
			rows, _ := q.Query(ctx, bad)
			for rows.Next() {
			}
		}, db.Data},
		"rows that are closed": {func(ctx context.Context, q postgres.DBTX) {
			rows, _ := q.Query(ctx, bad)
			rows.Close()
		}, db.Data},
		"rows that are left open": {func(ctx context.Context, q postgres.DBTX) { _, _ = q.Query(ctx, bad) }, db.Data},
		"a wrong destination": {func(ctx context.Context, q postgres.DBTX) {
			rows, _ := q.Query(ctx, "SELECT 'a'")
			rows.Next()
			_ = rows.Scan(new(int))
		}, db.Other},
		"QueryRow":                     {func(ctx context.Context, q postgres.DBTX) { _ = q.QueryRow(ctx, "SELECT 1/0").Scan(new(int)) }, db.Data},
		"QueryRow that is not scanned": {func(ctx context.Context, q postgres.DBTX) { q.QueryRow(ctx, "SELECT 1/0") }, db.Data},
		"CopyFrom": {func(ctx context.Context, q postgres.DBTX) {
			_, _ = q.CopyFrom(ctx, pgx.Identifier{"notes"}, []string{"nothing"}, pgx.CopyFromRows([][]any{{1}}))
		}, db.Other},
		"CopyFrom of what does not fit": {func(ctx context.Context, q postgres.DBTX) {
			_, _ = q.CopyFrom(ctx, pgx.Identifier{"notes"}, []string{"id"}, pgx.CopyFromRows([][]any{{secret}}))
		}, db.Data},
		"SendBatch": {func(ctx context.Context, q postgres.DBTX) {
			b := &pgx.Batch{}
			b.Queue("SELECT 1/0")
			_ = q.SendBatch(ctx, b).Close()
		}, db.Data},
		"SendBatch that is left open": {func(ctx context.Context, q postgres.DBTX) {
			b := &pgx.Batch{}
			b.Queue("SELECT 1/0")
			q.SendBatch(ctx, b)
		}, db.Data},
		"COMMIT": {func(ctx context.Context, q postgres.DBTX) { _, _ = q.Exec(ctx, "COMMIT") }, db.Other},
		"Begin and Commit of a batch": {func(ctx context.Context, q postgres.DBTX) {
			b := &pgx.Batch{}
			b.BeginTx(pgx.TxOptions{})
			r := q.SendBatch(ctx, b)
			_ = r.Close()
			_ = r.Tx().Commit(ctx)
		}, db.Other},
	} {
		for _, first := range []bool{true, false} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				d := open(t, one(fresh(t)))
				do(t, d, notes)
				err := d.Do(limited(t), func(ctx context.Context, s *db.Session) error {
					if !first {
						if err := insert(ctx, s, 1); err != nil {
							return err
						}
					}
					c.f(ctx, postgres.Native(s))
					return nil
				})
				if err == nil || db.ClassOf(err) != c.as {
					t.Errorf("first %t: Do returned %v (class %d)", first, err, db.ClassOf(err))
				}
				do(t, d, "DELETE FROM notes")
			})
		}
	}
}

// ROLLBACK comes after rows and batches that are still open.
func TestNativeRollback(t *testing.T) {
	t.Parallel()
	d := open(t, one(fresh(t)))
	for name, f := range map[string]func(context.Context, postgres.DBTX){
		"rows": func(ctx context.Context, q postgres.DBTX) { _, _ = q.Query(ctx, "SELECT generate_series(1, 1000)") },
		"batch": func(ctx context.Context, q postgres.DBTX) {
			b := &pgx.Batch{}
			b.Queue("SELECT generate_series(1, 1000)")
			q.SendBatch(ctx, b)
		},
	} {
		before := backend(t, d)
		err := d.Do(limited(t), func(ctx context.Context, s *db.Session) error {
			f(ctx, postgres.Native(s))
			return errHandler
		})
		if !errors.Is(err, errHandler) {
			t.Errorf("%s: %v", name, err)
		}
		if backend(t, d) != before {
			t.Errorf("%s: the connection was replaced", name)
		}
	}
}

func TestNativeErrors(t *testing.T) {
	t.Parallel()
	d := open(t, one(fresh(t)))
	do(t, d, "CREATE TABLE names (name text UNIQUE)")
	queued := func(f func(pgx.BatchResults) error) func(context.Context, postgres.DBTX) error {
		return func(ctx context.Context, q postgres.DBTX) error {
			b := &pgx.Batch{}
			b.Queue("INSERT INTO names VALUES ($1) RETURNING name", secret)
			b.Queue("INSERT INTO names VALUES ($1) RETURNING name", secret)
			r := q.SendBatch(ctx, b)
			_, err := r.Exec()
			return errors.Join(err, f(r), r.Close())
		}
	}
	for name, f := range map[string]func(context.Context, postgres.DBTX) error{
		"Exec": func(ctx context.Context, q postgres.DBTX) error {
			_, err := q.Exec(ctx, "INSERT INTO names VALUES ($1), ($1)", secret)
			return err
		},
		"QueryRow": func(ctx context.Context, q postgres.DBTX) error {
			return q.QueryRow(ctx, "INSERT INTO names VALUES ($1), ($1) RETURNING name", secret).Scan(new(string))
		},
		"CopyFrom": func(ctx context.Context, q postgres.DBTX) error {
			_, err := q.CopyFrom(ctx, pgx.Identifier{"names"}, []string{"name"}, pgx.CopyFromRows([][]any{{secret}, {secret}}))
			return err
		},
		"Exec of a batch":     queued(func(r pgx.BatchResults) error { _, err := r.Exec(); return err }),
		"QueryRow of a batch": queued(func(r pgx.BatchResults) error { return r.QueryRow().Scan(new(string)) }),
		"Query of a batch": queued(func(r pgx.BatchResults) error {
			rows, err := r.Query()
			rows.Close()
			return errors.Join(err, rows.Err())
		}),
	} {
		err := d.Do(limited(t), func(ctx context.Context, s *db.Session) error { return f(ctx, postgres.Native(s)) })
		var e *db.Error
		var p *pgconn.PgError
		if !errors.As(err, &e) || e.Class != db.Unique || !errors.As(err, &p) || p.Code != "23505" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNativeCopyAndBatch(t *testing.T) {
	t.Parallel()
	for _, first := range []string{"CopyFrom", "SendBatch", "options"} {
		d := open(t, one(fresh(t)))
		do(t, d, notes)
		err := d.Do(limited(t), func(ctx context.Context, s *db.Session) error {
			q := postgres.Native(s)
			if first == "SendBatch" {
				if err := batch(ctx, q); err != nil {
					return err
				}
			}
			if first == "options" { // of pgx, which a batch does not know
				if _, err := q.Exec(ctx, "SELECT $1::int", pgx.QueryExecModeExec, 1); err != nil {
					return err
				}
			}
			n, err := q.CopyFrom(ctx, pgx.Identifier{"notes"}, []string{"id"}, pgx.CopyFromRows([][]any{{1}, {2}}))
			if err != nil || n != 2 {
				t.Errorf("CopyFrom: %d, %v", n, err)
			}
			if first == "CopyFrom" {
				return batch(ctx, q)
			}
			return nil
		})
		if err != nil {
			t.Errorf("%s first: %v", first, err)
		}
		if n := value[int](t, d, "SELECT count(*) FROM notes WHERE id < 3"); n != 2 {
			t.Errorf("%s first: %d rows", first, n)
		}
	}
}

func batch(ctx context.Context, q postgres.DBTX) error {
	var n int
	b := &pgx.Batch{}
	b.Queue("INSERT INTO notes (id) VALUES ($1)", 7)
	b.Queue("SELECT count(*) FROM notes WHERE id = $1", 7).QueryRow(func(row pgx.Row) error { return row.Scan(&n) })
	r := q.SendBatch(ctx, b)
	if _, err := q.Exec(ctx, "SELECT 1"); !errors.Is(err, db.ErrRowsOpen) {
		return errors.Join(errors.New("a statement beside a batch was not refused"), err)
	}
	if err := r.Close(); err != nil || n != 1 {
		return errors.Join(errors.New("the batch is not in order"), err)
	}
	return nil
}

func TestNativeAfterTheEnd(t *testing.T) {
	t.Parallel()
	d := open(t, one(fresh(t)))
	var q postgres.DBTX
	var rows pgx.Rows
	err := d.Do(limited(t), func(ctx context.Context, s *db.Session) (err error) {
		q = postgres.Native(s)
		rows, err = q.Query(ctx, "SELECT generate_series(1, 1000)")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if rows.Next() {
		t.Error("rows go on after the unit")
	}
	rows.Close()
	if _, err := q.Exec(t.Context(), "SELECT 1"); !errors.Is(err, db.ErrEnded) {
		t.Errorf("Exec after the end: %v", err)
	}
	rows, err = q.Query(t.Context(), "SELECT 1")
	if !errors.Is(err, db.ErrEnded) || rows.Next() || !errors.Is(rows.Err(), db.ErrEnded) {
		t.Errorf("Query after the end: %v, %v", err, rows.Err())
	}
	if err := q.SendBatch(t.Context(), &pgx.Batch{}).Close(); !errors.Is(err, db.ErrEnded) {
		t.Errorf("SendBatch after the end: %v", err)
	}
}
