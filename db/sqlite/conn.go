package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"strconv"

	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"github.com/terem-go/terem/db"
)

// conn is a connection of the driver with its prepared statements. One
// goroutine uses it at a time.
type conn struct {
	driver  driver.Conn
	cache   cache
	args    []driver.NamedValue // those of the statement that runs
	values  []driver.Value      // those of the row that is being read
	refused error               // why the rule refused the statement that was prepared last
	pragma  bool                // a unit used a PRAGMA, which may hold until the transaction ends
	saved   bool                // the unit stands in a savepoint of the engine's

	// The engine's own statements. The rule does not hold for them.
	begin, commit, rollback prepared
	save, release, back     prepared // of the unit that has its turn, inside a transaction
	own                     bool     // one of them is under way
}

// connect opens a connection whose statements obey a rule and whose
// transactions begin as begin says.
func connect(ctx context.Context, dsn, begin string, refuse rule) (*conn, error) {
	connector, err := sqlite.NewConnector(dsn)
	if err != nil {
		return nil, err
	}
	d, err := connector.Connect(ctx)
	if err != nil {
		return nil, classify(err)
	}
	c := &conn{driver: d, cache: newCache(), own: true}
	err = d.(sqlite.AuthorizerRegisterer).RegisterAuthorizer(c.authorizer(refuse))
	prepare := func(sql string) prepared {
		if err != nil {
			return nil
		}
		var s driver.Stmt
		if s, err = d.Prepare(sql); err != nil {
			return nil
		}
		return s.(prepared)
	}
	c.begin, c.commit, c.rollback = prepare(begin), prepare("COMMIT"), prepare("ROLLBACK")
	c.save, c.release, c.back = prepare("SAVEPOINT "+savepoint), prepare("RELEASE "+savepoint), prepare("ROLLBACK TO "+savepoint)
	c.own = false
	if err != nil {
		return nil, errors.Join(classify(err), d.Close())
	}
	return c, nil
}

// control runs one of the engine's own statements.
func (c *conn) control(s prepared) error {
	c.own = true // also when SQLite prepares it again, after a change of the schema
	defer func() { c.own = false }()
	_, err := s.ExecContext(context.Background(), nil)
	return classify(err)
}

// exec runs a statement and returns the number of the last row that was inserted,
// and how many rows it changed.
func (c *conn) exec(ctx context.Context, sql string, args []any) (rowid, rows int64, err error) {
	s, err := c.prepare(sql)
	if err == nil {
		err = c.bind(s, args)
	}
	if err != nil {
		return 0, 0, err
	}
	defer c.unbind()
	r, err := s.driver.ExecContext(ctx, c.args)
	if err != nil || !s.changes {
		return 0, 0, c.failed(err)
	}
	rowid, err = r.LastInsertId()
	if err == nil {
		rows, err = r.RowsAffected()
	}
	return rowid, rows, err
}

// query runs a statement that returns rows.
func (c *conn) query(ctx context.Context, sql string, args []any) (driver.Rows, error) {
	s, err := c.prepare(sql)
	if err == nil {
		err = c.bind(s, args)
	}
	if err != nil {
		return nil, err
	}
	defer c.unbind()
	r, err := s.driver.QueryContext(ctx, c.args)
	return r, c.failed(err)
}

// prepare returns the prepared statement of a text.
func (c *conn) prepare(sql string) (*stmt, error) {
	if s := c.cache.get(sql); s != nil {
		return s, c.note(s)
	}
	t, err := parse(sql)
	if err != nil {
		return nil, err
	}
	d, err := c.driver.Prepare(t.sql)
	if err != nil {
		return nil, c.failed(err)
	}
	s := &stmt{text: t, key: sql, driver: d.(prepared)}
	c.cache.put(s)
	return s, c.note(s)
}

// note prepares for what a statement leaves behind in the transaction. Its own
// savepoint must stand in the engine's, or the next unit could go back to it.
func (c *conn) note(s *stmt) error {
	switch s.verb {
	case "PRAGMA":
		c.pragma = true
	case "SAVEPOINT":
		return c.enclose()
	}
	return nil
}

// enclose opens the engine's savepoint unless it is open.
func (c *conn) enclose() error {
	if c.saved {
		return nil
	}
	err := c.control(c.save)
	c.saved = err == nil
	return err
}

// bind makes args those of the statement that is about to run.
func (c *conn) bind(s *stmt, args []any) error {
	if s.foreign != "" {
		return fmt.Errorf("sqlite: the placeholder %s is not known here; write $1, $2 …", s.foreign)
	}
	if err := s.takes(len(args)); err != nil {
		return err
	}
	c.args = c.args[:0]
	for i, arg := range args {
		v, err := value(arg)
		if err != nil {
			c.unbind()
			return unfit(i+1, err)
		}
		c.args = append(c.args, driver.NamedValue{Ordinal: i + 1, Value: v})
	}
	return nil
}

// row returns room for n columns. There is one open result at a time.
func (c *conn) row(n int) []driver.Value {
	if cap(c.values) < n {
		c.values = make([]driver.Value, n)
	}
	return c.values[:n]
}

// unbind lets go of the arguments.
func (c *conn) unbind() { clear(c.args) }

// failed turns the driver's error into the database's, or into the reason why
// the statement was refused.
func (c *conn) failed(err error) error {
	refused := c.refused
	c.refused = nil
	if e, ok := errors.AsType[*sqlite.Error](err); ok && e.Code() == lib.SQLITE_AUTH && refused != nil {
		return refused
	}
	return classify(err)
}

// violated returns the failure of a deferred foreign key that the transaction
// violates as it stands.
func (c *conn) violated() error {
	n, _, err := c.driver.(sqlite.DBStatus).Status(sqlite.DBStatusDeferredFKs, false)
	if n > 0 {
		return &db.Error{
			Class: db.ForeignKey, Code: strconv.Itoa(lib.SQLITE_CONSTRAINT_FOREIGNKEY),
			Err: errors.New("sqlite: a deferred FOREIGN KEY constraint failed"),
		}
	}
	return classify(err)
}

// writable returns an error if SQLite opened a file only to read, which it does
// without a word when it may not write to it.
func (c *conn) writable() error {
	readOnly, err := c.driver.(interface{ IsReadOnly(string) (bool, error) }).IsReadOnly("main")
	if readOnly {
		err = &db.Error{Class: db.ReadOnly, Err: errors.New("the file cannot be written to")}
	}
	return err
}

// close closes the connection. Statements must be closed before it; they only
// repeat errors of their last runs.
func (c *conn) close() error {
	c.cache.close()
	for _, s := range []prepared{c.begin, c.commit, c.rollback, c.save, c.release, c.back} {
		_ = s.Close()
	}
	return classify(c.driver.Close())
}
