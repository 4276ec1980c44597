package db

// rows are a session's or a reader's open rows: the engine's, and what the unit
// must know of them.
type rows struct {
	h    *handle
	rows Rows
	err  error // use of the rows that was refused
}

var _ Rows = (*rows)(nil)

func (r *rows) Next() bool {
	if !r.enter() {
		return false
	}
	defer r.h.mu.Unlock()
	if r.rows.Next() {
		return true
	}
	r.close()
	return false
}

func (r *rows) Scan(dest ...any) error {
	if !r.enter() {
		return r.err
	}
	defer r.h.mu.Unlock()
	err := r.rows.Scan(dest...)
	r.h.note(err)
	return err
}

func (r *rows) Columns() []string { return r.rows.Columns() }

func (r *rows) Err() error {
	if r.err != nil {
		return r.err
	}
	return r.rows.Err()
}

func (r *rows) Close() {
	if r.enter() {
		r.close()
		r.h.mu.Unlock()
	}
}

// enter locks the handle if these are its open rows and nobody uses it.
func (r *rows) enter() bool {
	if !r.h.mu.TryLock() {
		r.h.misuse.Store(true)
		r.err = ErrConcurrent
		return false
	}
	if r.h.open != r {
		if r.h.ended && r.err == nil && r.rows.Err() == nil {
			r.err = ErrEnded
		}
		r.h.mu.Unlock()
		return false
	}
	return true
}

// close closes the engine's rows and notes how they ended. The handle is locked.
func (r *rows) close() {
	r.rows.Close()
	err := r.rows.Err()
	r.h.after(err)
	r.h.note(err)
	r.h.open = nil
}

// Row is the result of QueryRow.
type Row struct {
	rows Rows
	err  error
}

// Scan copies the row's columns into what dest points at, as Rows.Scan does.
// It returns ErrNoRows when there is no row; further rows are ignored.
func (r Row) Scan(dest ...any) error {
	if r.err != nil {
		return r.err
	}
	defer r.rows.Close()
	if !r.rows.Next() {
		if err := r.rows.Err(); err != nil {
			return err
		}
		return ErrNoRows
	}
	if err := r.rows.Scan(dest...); err != nil {
		return err
	}
	r.rows.Close()
	return r.rows.Err()
}
