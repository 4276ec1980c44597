package cli

import (
	"context"
	"os"

	"github.com/terem-go/terem/internal/backup"
)

// dbBackup is the verb db backup.
type dbBackup struct {
	URL  string `arg:"" help:"The database, as DATABASE_URL names it. PGPASSWORD is read for a password."`
	File string `arg:"" help:"The file to write. It must not be there."`
	JSON bool   `name:"json" help:"Print what was saved as JSON."`
}

// Help is shown below the flags' help.
func (dbBackup) Help() string {
	return `The server may go on: the file has everything that was committed at one moment. It gets its name once it was looked at: on SQLite, where it is a database, all of it is read and checked; on PostgreSQL, for which pg_dump and pg_restore must be installed, it is restored into a database that is dropped again, and the rows of each table are compared.`
}

// Run writes the file.
func (b *dbBackup) Run(ctx context.Context, c *console) error {
	c.progress("saving and checking")
	tables, err := backup.Save(ctx, b.URL, b.File)
	if err != nil {
		return err
	}
	if b.JSON {
		return c.json(tables)
	}
	info, err := os.Stat(b.File)
	if err != nil {
		return err
	}
	c.say("%s: %s rows in %d tables, %s bytes. It was checked, and is whole.", b.File, amount(rowsOf(tables)), len(tables), amount(info.Size()))
	return nil
}

func rowsOf(tables []backup.Table) (n int64) {
	for _, t := range tables {
		n += t.Rows
	}
	return n
}
