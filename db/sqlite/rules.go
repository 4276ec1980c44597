package sqlite

import (
	"errors"
	"fmt"
	"strings"

	"modernc.org/sqlite"

	"github.com/terem-go/terem/db"
)

// rule says why a unit must not do something, or returns nil.
type rule func(action sqlite.AuthorizerActionCode, what, name string) error

// authorizer has SQLite ask a rule about each statement that it prepares, which
// finds what a text does in whatever way it is written.
func (c *conn) authorizer(refuse rule) sqlite.AuthorizerFn {
	return func(action sqlite.AuthorizerActionCode, what, name, _, _ string) sqlite.AuthorizerReturnCode {
		if c.own {
			return sqlite.AuthorizerOK
		}
		if err := refuse(action, what, name); err != nil {
			c.refused = err
			return sqlite.AuthorizerDeny
		}
		return sqlite.AuthorizerOK
	}
}

// transaction is the rule that units neither begin nor end transactions, and
// open no other files.
func transaction(action sqlite.AuthorizerActionCode, what, _ string) error {
	switch action {
	case sqlite.AuthTransaction:
		return fmt.Errorf("sqlite: %s is refused: a unit of work begins and ends its transaction itself; use Nested for a part that may fail", what)
	case sqlite.AuthAttach, sqlite.AuthDetach:
		return errors.New("sqlite: ATTACH and DETACH are refused: they would change the connection for other units of work")
	}
	return nil
}

// savepoint is the name of the one in which a unit stands that shares its
// transaction. Units may have others inside it.
const savepoint = "terem_unit"

// writing is the rule of units that write.
func writing(action sqlite.AuthorizerActionCode, what, name string) error {
	if action == sqlite.AuthSavepoint && strings.EqualFold(name, savepoint) {
		return fmt.Errorf("sqlite: the savepoint %s is refused: it is the engine's own", name)
	}
	return transaction(action, what, name)
}

// reading is the rule of readers. What it lets pass and writes all the same is
// refused by the connection, which is opened to read.
func reading(action sqlite.AuthorizerActionCode, what, name string) error {
	switch action {
	case sqlite.AuthCreateTempTable, sqlite.AuthCreateTempView, sqlite.AuthCreateTempTrigger, sqlite.AuthCreateTempIndex, sqlite.AuthSavepoint:
		return &db.Error{Class: db.ReadOnly, Code: "8", Err: fmt.Errorf("sqlite: a reader cannot do this (%s); use a session", what)}
	}
	return transaction(action, what, name)
}
