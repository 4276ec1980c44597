package postgres

import (
	"context"
	"encoding/binary"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
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
	assign = newCommand("terem_assign", "select pg_current_xact_id(), "+identity+", '0/0'::pg_lsn"+fork)
	// mark also writes a message into the server's log, for survived.
	mark = newCommand("terem_mark", "select pg_current_xact_id(), "+identity+", pg_logical_emit_message(true, 'terem ' || "+
		"coalesce(pg_last_wal_replay_lsn(), '0/0') || ' ' || (extract(epoch from pg_postmaster_start_time()) * 1000000)::bigint, '')"+fork)
)

const (
	identity = "pg_postmaster_start_time(), coalesce(pg_last_wal_replay_lsn(), '0/0'), pg_current_wal_insert_lsn()"
	fork     = ", pg_walfile_name(pg_current_wal_insert_lsn()) where not pg_is_in_recovery()"
)

// choose finds out which of the two sessions can send: a server may not let this
// role call the functions, or have none of them, such as those that only speak
// PostgreSQL's protocol. mark is of no use where nobody may look for it.
func (l *link) choose(ctx context.Context, c *pgx.Conn) error {
	var marked bool
	err := c.QueryRow(ctx, "SELECT coalesce(has_function_privilege(to_regprocedure('pg_get_wal_records_info(pg_lsn, pg_lsn)'), 'EXECUTE'), false), "+
		identity+fork, pgx.QueryExecModeExec).Scan(&marked, nil, nil, nil, nil)
	_, refused := errors.AsType[*pgconn.PgError](err)
	switch {
	case refused, errors.Is(err, pgx.ErrNoRows): // a standby
		return nil
	case err != nil:
		return err
	case marked:
		l.question = mark
	default:
		l.question = assign
	}
	return nil
}

// transaction is what tells a transaction from all others, so that its outcome
// can be asked for when the answer to COMMIT was lost.
type transaction struct {
	id     pgtype.Uint64 // null: not known
	life   life
	before db.Position // in the server's log, what it writes comes behind that
	marked db.Position // where the message of mark ends; 0 for none
}

// life is a server's life from one start to the end or crash that follows it.
// A server whose process has crashed starts the others anew, and says the same
// time; but its log was replayed to a later position then.
type life struct {
	start    time.Time
	replayed db.Position // 0: it was shut down before
	timeline uint32      // a standby that becomes a primary begins a new one
}

// same tells whether two are one. What has a later timeline was promoted, and
// replayed more.
func (l life) same(m life) bool { return l.start.Equal(m.start) && l.replayed == m.replayed }

// read takes a transaction from the row that assign or mark has answered with,
// if it is one.
func (t *transaction) read(row []byte) {
	const values, name = 5, 24 // of eight bytes each, then a file's name; each with its length
	if len(row) != 2+values*(4+8)+4+name {
		return
	}
	value := func(i int) uint64 { return binary.BigEndian.Uint64(row[2+i*(4+8)+4:]) }
	l := life{replayed: db.Position(value(2)), timeline: parseTimeline(string(row[len(row)-name:]))}
	l.start = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(value(1)) * time.Microsecond)
	*t = transaction{pgtype.Uint64{Uint64: value(0), Valid: true}, l, db.Position(value(3)), db.Position(value(4))}
}

// parseTimeline reads the timeline in the name of a file of the log, such as
// 00000001000000A900000042. One that it cannot read is 0.
func parseTimeline(file string) uint32 {
	n, _ := strconv.ParseUint(file[:min(8, len(file))], 16, 32)
	return uint32(n)
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
