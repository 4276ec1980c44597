package sqlite

import (
	"container/list"
	"database/sql/driver"
	"fmt"
)

// stmt is a prepared statement of one connection.
type stmt struct {
	text
	key    string // the text as the unit wrote it
	driver prepared
}

// takes returns an error if n arguments are not what the statement takes. Those
// for other placeholders than $1 … the driver counts.
func (s *stmt) takes(n int) error {
	if s.foreign == "" && n != s.params {
		return fmt.Errorf("sqlite: wrong number of arguments: got %d, the statement takes %d", n, s.params)
	}
	return nil
}

// prepared is what the driver's statements can do.
type prepared interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// cached is how many prepared statements a connection keeps.
const cached = 256

// cache holds the statements that a connection used last.
type cache struct {
	byText map[string]*list.Element
	recent *list.List // of *stmt, the last used first
}

func newCache() cache {
	return cache{byText: make(map[string]*list.Element), recent: list.New()}
}

func (c *cache) get(sql string) *stmt {
	e := c.byText[sql]
	if e == nil {
		return nil
	}
	c.recent.MoveToFront(e)
	return e.Value.(*stmt)
}

// put adds a statement and closes the one that was not used for longest. None
// is in use meanwhile: a unit has one statement at a time.
func (c *cache) put(s *stmt) {
	c.byText[s.key] = c.recent.PushFront(s)
	if len(c.byText) > cached {
		e := c.recent.Back()
		old := c.recent.Remove(e).(*stmt)
		delete(c.byText, old.key)
		_ = old.driver.Close() // it only repeats an error of the last run
	}
}

func (c *cache) close() {
	for _, e := range c.byText {
		_ = e.Value.(*stmt).driver.Close()
	}
}
