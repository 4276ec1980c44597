package migratelint

// constraintValidates finds constraints that are checked for all rows at once.
var constraintValidates = &rule{
	name:   "constraint-validates",
	title:  "nobody can write to %s while its rows are checked",
	reason: "A FOREIGN KEY or CHECK is checked for every row while the lock of ALTER TABLE is held.",
	wayOut: "Add the constraint with NOT VALID, which holds for new rows at once, and write ALTER TABLE … VALIDATE CONSTRAINT into the next file.",
	find: func(p place) []string {
		return p.actions(func(_ string, a words) bool {
			if _, column := a.addedColumn(); column != nil {
				return column.has("CHECK") || column.has("REFERENCES") && column.has("DEFAULT") && !column.after("DEFAULT").is(0, "NULL")
			}
			_, c := a.addedConstraint()
			return (c.is(0, "FOREIGN", "KEY") || c.is(0, "CHECK")) && !c.has("NOT", "VALID")
		})
	},
}
