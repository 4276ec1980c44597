package sqlite

import (
	"context"
	"time"

	"modernc.org/sqlite"

	"github.com/terem-go/terem/db"
)

// SetGroupTime changes how long finished units wait for others. It comes before
// the first unit of work.
func SetGroupTime(d *db.DB, t time.Duration) { d.Engine().(*engine).writer.groupTime = t }

// Waiting returns how many units wait for their turn to write.
func Waiting(d *db.DB) int { return d.Engine().(*engine).writer.turn.Waiting() }

// FailCommits makes each COMMIT fail for which fail returns true. It comes
// before the first unit of work.
func FailCommits(d *db.DB, fail func() bool) {
	d.Engine().(*engine).writer.conn.driver.(sqlite.HookRegisterer).RegisterCommitHook(func() int32 {
		if fail() {
			return 1
		}
		return 0
	})
}

// Outside runs a statement outside of the writer's transactions.
func Outside(d *db.DB, sql string) error {
	_, _, err := d.Engine().(*engine).writer.conn.exec(context.Background(), sql, nil)
	return err
}

// Parse returns a statement as SQLite gets it, how many arguments it takes, and
// the placeholder in it that only Native knows.
func Parse(sql string) (rewritten string, params int, foreign string, err error) {
	t, err := parse(sql)
	return t.sql, t.params, t.foreign, err
}

// DSN returns the file that a URL names and what the driver opens it by.
func DSN(url string) (path, dsn string, err error) {
	c, err := parseURL(url)
	if err != nil {
		return "", "", err
	}
	return c.path, c.dsn("ro", nil), nil
}

// CommitBehindItsBack runs a COMMIT that is not the engine's, as one would be
// that the authorizer has missed.
func CommitBehindItsBack(d *db.DB) error {
	_, err := d.Engine().(*engine).writer.conn.commit.ExecContext(context.Background(), nil)
	return err
}
