package migratelint

// uniqueBlocks finds constraints that build an index.
var uniqueBlocks = &rule{
	name:   "unique-blocks",
	title:  "nobody can use %s while the constraint's index is built",
	reason: "UNIQUE, PRIMARY KEY and EXCLUDE build an index under a lock that keeps even readers waiting.",
	wayOut: "Build it before, by CREATE UNIQUE INDEX CONCURRENTLY in a file without a transaction; then ADD CONSTRAINT … UNIQUE USING INDEX takes a moment.",
	find: func(p place) []string {
		return p.actions(func(_ string, a words) bool {
			if _, column := a.addedColumn(); column != nil {
				return column.has("UNIQUE") || column.has("PRIMARY", "KEY")
			}
			_, c := a.addedConstraint()
			return (c.is(0, "UNIQUE") || c.is(0, "PRIMARY", "KEY") || c.is(0, "EXCLUDE")) && !c.has("USING", "INDEX")
		})
	},
}
