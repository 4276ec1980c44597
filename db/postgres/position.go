package postgres

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/terem-go/terem/db"
)

// both reads the result of a command, and the value of a query behind it if there
// is one. What becomes of the query changes nothing about the command.
func both(results *pgconn.MultiResultReader) (tag pgconn.CommandTag, value string, err error) {
	answered := results.NextResult()
	if answered {
		tag, err = results.ResultReader().Close()
	}
	for results.NextResult() {
		for r := results.ResultReader(); r.NextRow(); {
			value = string(r.Values()[0])
		}
	}
	if ended := results.Close(); !answered {
		err = ended
	}
	return tag, value, err
}

// parsePosition reads a pg_lsn, such as 16/B374D848. One that it cannot read is
// not known.
func parsePosition(lsn string) db.Position {
	high, low, _ := strings.Cut(lsn, "/")
	h, err := strconv.ParseUint(high, 16, 32)
	if err != nil {
		return 0
	}
	l, err := strconv.ParseUint(low, 16, 32)
	if err != nil {
		return 0
	}
	return db.Position(h<<32 | l)
}

func formatPosition(p db.Position) string { return fmt.Sprintf("%X/%X", uint32(p>>32), uint32(p)) }
