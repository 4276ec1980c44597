package migratelint

import "strings"

// volatileDefault finds new columns that PostgreSQL has to write into every row.
var volatileDefault = &rule{
	name:   "volatile-default",
	title:  "nobody can use %s while it is written anew",
	reason: "A value that differs from row to row is written into every row, under a lock that keeps even readers waiting. A constant, or now(), takes a moment.",
	wayOut: "Add the column without a default; give it one for new rows, by ALTER COLUMN … SET DEFAULT; fill the old ones in small batches.",
	find: func(p place) []string {
		return p.actions(func(_ string, a words) bool {
			_, column := a.addedColumn()
			return column.serial() || column.has("GENERATED") && (column.has("IDENTITY") || column.has("STORED")) || column.after("DEFAULT").volatile()
		})
	},
}

// volatileFunctions give another value each time that they are called.
var volatileFunctions = []string{
	"gen_random_uuid", "uuidv4", "uuidv7", "random", "clock_timestamp", "timeofday", "nextval", "gen_random_bytes",
	"uuid_generate_v1", "uuid_generate_v1mc", "uuid_generate_v4",
}

// volatile reports whether an expression calls such a function.
func (w words) volatile() bool {
	for i, t := range w {
		for _, name := range volatileFunctions {
			if strings.EqualFold(t.Text, name) && i+1 < len(w) && w[i+1].Text == "(" {
				return true
			}
		}
	}
	return false
}
