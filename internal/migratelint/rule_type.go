package migratelint

// typeChange finds columns that get another type.
var typeChange = &rule{
	name:   "type-change",
	title:  "nobody can use %s while its rows and indexes are written anew",
	reason: "Most changes of a type rewrite the table under a lock that keeps even readers waiting, and programs that run expect the old type.",
	wayOut: "Add a column of the new type, let programs write both, fill the old rows in small batches, switch over, drop the old one. Where nothing is rewritten, as from VARCHAR to TEXT, accept it.",
	find: func(p place) []string {
		return p.actions(func(_ string, a words) bool {
			_, change := a.alteredColumn()
			return change.skip("SET", "DATA").is(0, "TYPE")
		})
	},
}
