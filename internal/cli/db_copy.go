package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/terem-go/terem/db/sqlite"
	"github.com/terem-go/terem/internal/dbcopy"
	"github.com/terem-go/terem/internal/terminal"
)

// dbCopy is the verb db copy.
type dbCopy struct {
	From    string `arg:"" help:"The database to copy, such as sqlite:shop.db."`
	To      string `arg:"" help:"The database to fill, such as postgres://user@host/shop. PGPASSWORD is read for a password."`
	Restart bool   `help:"Empty all tables that an earlier copy was filling, whoever has written to them since, and begin again."`
	JSON    bool   `name:"json" help:"Print what was copied as JSON."`
}

// Help is shown below the flags' help.
func (dbCopy) Help() string {
	return `Stop the server, let the application make its tables in the new database, copy, and start the server with the new DATABASE_URL:

    DATABASE_URL=postgres://user@host/shop go run . migrate up
    terem db copy sqlite:shop.db postgres://user@host/shop

Everything is copied, waiting jobs included, and compared afterwards: each table's rows are counted and their checksums taken on both sides. A copy that was interrupted goes on where it was when the same command is given again. The source is not changed.`
}

// Run copies, and prints a line for each table.
func (d *dbCopy) Run(ctx context.Context, c *console) error {
	path, err := sqlite.Path(d.From)
	switch {
	case err != nil && strings.HasPrefix(d.From, "postgres"):
		return fmt.Errorf("copies go from SQLite to PostgreSQL only")
	case err != nil:
		return err
	case strings.HasPrefix(d.To, "sqlite:"):
		return fmt.Errorf("copies go to PostgreSQL only; for a second file of SQLite use terem db backup")
	}
	shown := &steps{c: c, live: terminal.Width(c.err) > 0}
	tables, err := dbcopy.Run(ctx, dbcopy.Options{From: path, To: d.To, Restart: d.Restart, Progress: shown.step})
	shown.clear()
	switch {
	case err != nil && ctx.Err() != nil:
		return errors.New("interrupted. What was copied stays; to go on, give the same command again")
	case err != nil:
		return err
	case d.JSON:
		return c.json(tables)
	}
	var rows int64
	for _, t := range tables {
		rows += t.Rows
		c.say("%-32s %14s rows  %s", t.Name, amount(t.Rows), t.Checksum)
	}
	c.say("Both databases have the same data, %s rows. Start the server with the new DATABASE_URL.", amount(rows))
	return nil
}

// steps print how far long work has come: on a terminal in one line that changes,
// elsewhere a line each few seconds.
type steps struct {
	c    *console
	live bool
	last time.Time
	open bool // the line is not ended
}

func (s *steps) step(table string, verifying bool, done, total int64) {
	wait := 5 * time.Second
	if s.live {
		wait = 100 * time.Millisecond
	}
	if total == 0 || time.Since(s.last) < wait {
		return
	}
	s.last = time.Now()
	verb := "copying"
	if verifying {
		verb = "comparing"
	}
	line := fmt.Sprintf("%s %s: %s of %s rows", verb, table, amount(done), amount(total))
	if !s.live {
		s.c.warn("%s", line)
		return
	}
	s.clear()
	fmt.Fprint(s.c.err, line)
	s.open = true
}

// clear takes the line that changes away.
func (s *steps) clear() {
	if s.open {
		fmt.Fprint(s.c.err, "\r\x1b[K")
		s.open = false
	}
}
