package cli

import "fmt"

// dbCommand are the verbs about whole databases.
type dbCommand struct {
	Copy    dbCopy    `cmd:"" help:"Move the rows of SQLite to PostgreSQL."`
	Backup  dbBackup  `cmd:"" help:"Write a database that serves to a file."`
	Restore dbRestore `cmd:"" help:"Make a database of such a file."`
}

// amount writes how many rows there are, in groups of three digits.
func amount(n int64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
