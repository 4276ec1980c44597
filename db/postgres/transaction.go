package postgres

import (
	"encoding/binary"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/terem-go/terem/db"
)

// Commands that go ahead of statements. Levels are spelt out, whatever the
// server's defaults are.
var (
	readCommitted = newCommand("terem_read_committed", "begin isolation level read committed")
	serializable  = newCommand("terem_serializable", "begin isolation level serializable")
	snapshot      = newCommand("terem_snapshot", "begin isolation level repeatable read read only")

	savepoint = newCommand("terem_savepoint", db.Savepoint)
	release   = newCommand("terem_release", db.Release)

	// assign gives the transaction an id, and says what it is. A statement that
	// writes would do so itself a moment later. A standby has none to give.
	assign = newCommand("terem_assign", "select case when not pg_is_in_recovery() then pg_current_xact_id() end, pg_postmaster_start_time()")
)

// transaction is what tells a transaction from all others, so that its outcome
// can be asked for when the answer to COMMIT was lost.
type transaction struct {
	id     pgtype.Uint64 // null: not known
	server time.Time     // when it was started
}

// read takes a transaction from the row that assign has answered with, if it is
// one.
func (t *transaction) read(row []byte) {
	const size = 2 + 4 + 8 + 4 + 8 // two columns of eight bytes, with their lengths
	if len(row) != size {
		return
	}
	t.id = pgtype.Uint64{Uint64: binary.BigEndian.Uint64(row[6:]), Valid: true}
	since2000 := time.Duration(binary.BigEndian.Uint64(row[18:])) * time.Microsecond
	t.server = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).Add(since2000)
}

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
