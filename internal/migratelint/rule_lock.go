package migratelint

// lockTable finds locks that are taken by hand.
var lockTable = &rule{
	name:   "lock-table",
	title:  "%s is locked until the file has run",
	reason: "Everybody who needs the table waits, and whoever comes later waits behind them.",
	wayOut: "Leave it out: statements take the locks that they need. If two steps must be seen as one, make them short.",
	find: func(p place) []string {
		rest, ok := p.words.cut("LOCK")
		if !ok {
			return nil
		}
		table, _ := rest.skip("TABLE").skip("ONLY").name()
		return p.existing(table)
	},
}

// rewriteTable finds statements whose work is to write a table anew.
var rewriteTable = &rule{
	name:   "rewrite-table",
	title:  "nobody can use %s while it is written anew",
	reason: "VACUUM FULL, CLUSTER, SET LOGGED, SET UNLOGGED, SET TABLESPACE and SET ACCESS METHOD copy the whole table under a lock that keeps even readers waiting.",
	wayOut: "A plain VACUUM makes the space usable again without such a lock. What must be copied is copied while nobody works.",
	find: func(p place) []string {
		if rest, ok := p.words.cut("CLUSTER"); ok {
			return []string{rest.tableOrAll()}
		}
		if rest, ok := p.words.cut("VACUUM"); ok && (rest.is(0, "FULL") || rest.inside().has("FULL")) {
			return []string{rest.skipOptions().skip("FULL").skip("FREEZE").skip("VERBOSE").skip("ANALYZE").tableOrAll()}
		}
		return p.actions(func(_ string, a words) bool {
			for _, what := range [][]string{{"LOGGED"}, {"UNLOGGED"}, {"TABLESPACE"}, {"ACCESS", "METHOD"}} {
				if a.is(0, append([]string{"SET"}, what...)...) {
					return true
				}
			}
			return false
		})
	},
}

// tableOrAll returns the table that w begins with, or says that it is each.
func (w words) tableOrAll() string {
	if table, _ := w.skip("VERBOSE").name(); table != "" {
		return table
	}
	return "each table"
}
