package utils

import (
	"encoding/json"

	"github.com/terem-go/terem/db"
)

// Rows returns SQL for ids as the rows of a table with the one column id, and the
// argument $1 that it has.
func Rows(d db.Dialect, ids []int64) (table string, arg any) {
	if d == db.Postgres {
		return "(SELECT unnest($1::bigint[]) AS id)", ids
	}
	text, _ := json.Marshal(append([]int64{}, ids...)) // numbers can always be written
	return "(SELECT value AS id FROM json_each($1))", string(text)
}
