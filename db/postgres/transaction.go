package postgres

import (
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
)

// transaction is what tells a transaction from all others, so that its outcome
// can be asked for when the answer to COMMIT was lost.
type transaction struct {
	id      pgtype.Uint64 // null: not known, or none was given yet
	backend uint32        // the process of the server
	server  time.Time
}

// Texts that ask for it. They travel with a statement that writes, since a
// transaction has no id before, and only then say what it is.
const (
	identify = "SELECT pg_current_xact_id_if_assigned(), pg_backend_pid(), pg_postmaster_start_time()"
	assign   = "SELECT pg_current_xact_id(), pg_backend_pid(), pg_postmaster_start_time()"
)

func (t *transaction) scan(row pgx.Row) error { return row.Scan(&t.id, &t.backend, &t.server) }

// writing are the first words of statements that give their transaction an id.
// Functions that a SELECT calls may do so too, which its text does not tell.
var writing = map[string]bool{
	"INSERT": true, "UPDATE": true, "DELETE": true, "MERGE": true, "WITH": true, "CALL": true, "DO": true,
	"CREATE": true, "ALTER": true, "DROP": true, "TRUNCATE": true, "REFRESH": true, "GRANT": true, "REVOKE": true,
}

// writes reports whether a statement is one of those. A WITH may only read.
func writes(sql string) bool {
	for {
		sql = strings.TrimLeft(sql, " \t\r\n(")
		var after string
		switch {
		case strings.HasPrefix(sql, "--"):
			_, after, _ = strings.Cut(sql, "\n")
		case strings.HasPrefix(sql, "/*"):
			_, after, _ = strings.Cut(sql, "*/")
		default:
			return writing[strings.ToUpper(firstWord(sql))]
		}
		sql = after
	}
}

func firstWord(sql string) string {
	for i, c := range []byte(sql) {
		if c|0x20 < 'a' || c|0x20 > 'z' {
			return sql[:i]
		}
	}
	return sql
}
