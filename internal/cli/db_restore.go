package cli

import (
	"context"

	"github.com/terem-go/terem/internal/backup"
)

// dbRestore is the verb db restore.
type dbRestore struct {
	File    string `arg:"" help:"A file that terem db backup has written."`
	URL     string `arg:"" help:"The database to make, as DATABASE_URL names it. PGPASSWORD is read for a password."`
	Replace bool   `help:"Do so even if the database is there already."`
	JSON    bool   `name:"json" help:"Print what was restored as JSON."`
}

// Help is shown below the flags' help.
func (dbRestore) Help() string {
	return `On SQLite the file is checked as a whole first; a database that --replace takes the place of is kept beside it, with .before behind its name, and one that a server has open is left alone. On PostgreSQL, for which pg_restore must be installed, everything happens in one transaction; the database itself must be there: createdb makes it.`
}

// Run restores.
func (r *dbRestore) Run(ctx context.Context, c *console) error {
	c.progress("restoring")
	tables, err := backup.Restore(ctx, r.File, r.URL, r.Replace)
	if err != nil {
		return err
	}
	if r.JSON {
		return c.json(tables)
	}
	c.say("Restored %s rows in %d tables.", amount(rowsOf(tables)), len(tables))
	return nil
}
