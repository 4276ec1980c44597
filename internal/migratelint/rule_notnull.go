package migratelint

// notNullWithoutDefault finds columns that the rows of a table cannot get.
var notNullWithoutDefault = &rule{
	name:   "not-null-without-default",
	title:  "%s may have rows, which would have NULL in the new column",
	reason: "ADD COLUMN … NOT NULL without DEFAULT fails on a table that is not empty. It also breaks programs that do not know of the column yet.",
	wayOut: "Give it a DEFAULT, or add it without NOT NULL, fill it, and forbid NULL when every program writes it.",
	both:   true,
	find: func(p place) []string {
		return p.actions(func(_ string, a words) bool {
			_, column := a.addedColumn()
			return column.has("NOT", "NULL") && !column.has("DEFAULT") && !column.has("GENERATED") && !column.serial()
		})
	},
}

// serial reports whether a column's type brings a default.
func (w words) serial() bool {
	return w.is(0, "SERIAL") || w.is(0, "BIGSERIAL") || w.is(0, "SMALLSERIAL")
}
