package migratelint

// setNotNull finds columns that PostgreSQL has to look through.
var setNotNull = &rule{
	name:   "set-not-null",
	title:  "nobody can use %s while it is searched for NULL",
	reason: "SET NOT NULL reads the whole table under a lock that keeps even readers waiting, unless a validated constraint says that there is no NULL.",
	wayOut: "First, in one file: ADD CONSTRAINT c CHECK (column IS NOT NULL) NOT VALID. In the next: VALIDATE CONSTRAINT c. In a third: SET NOT NULL and DROP CONSTRAINT c.",
	find: func(p place) []string {
		return p.actions(func(table string, a words) bool {
			if column, change := a.alteredColumn(); change.is(0, "SET", "NOT", "NULL") {
				return !p.history.neverNull(table, column)
			}
			_, c := a.addedConstraint()
			return c.is(0, "NOT", "NULL") && !c.has("NOT", "VALID")
		})
	},
}
