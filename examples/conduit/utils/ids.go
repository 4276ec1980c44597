package utils

import "strconv"

// IDs is SQL for the rows of a table with the one column id: those of Object, which is
// the argument $1. Both engines read the members of an object alike.
const IDs = "(SELECT CAST(key AS BIGINT) AS id FROM json_each($1))"

// Object returns ids as the names of an object in JSON.
func Object(ids []int64) string {
	b := []byte("{")
	for i, id := range ids {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(strconv.AppendInt(append(b, '"'), id, 10), `":0`...)
	}
	return string(append(b, '}'))
}
