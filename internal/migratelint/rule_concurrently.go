package migratelint

// concurrentlyInTransaction finds statements that PostgreSQL refuses to run in a
// transaction.
var concurrentlyInTransaction = &rule{
	name:   "concurrently-in-transaction",
	title:  "%s cannot run in a transaction",
	reason: "PostgreSQL refuses it there. A file runs in a transaction, and so do statements that stand in one line or between StatementBegin and StatementEnd.",
	wayOut: "Put it by itself into a file that has the line: -- +goose NO TRANSACTION",
	down:   true,
	find: func(p place) []string {
		if !p.inTransaction && !p.accompanied {
			return nil
		}
		for _, s := range [][]string{
			{"CREATE", "INDEX"}, {"CREATE", "UNIQUE", "INDEX"}, {"DROP", "INDEX"}, {"REINDEX"}, {"ALTER", "TABLE"},
		} {
			if p.words.is(0, s...) && p.words.has("CONCURRENTLY") {
				return []string{s[0] + " … CONCURRENTLY"}
			}
		}
		for _, s := range [][]string{{"VACUUM"}, {"CREATE", "DATABASE"}, {"DROP", "DATABASE"}, {"ALTER", "SYSTEM"}} {
			if p.words.is(0, s...) {
				return []string{s[0]}
			}
		}
		return nil
	},
}
