package migratelint

// altered returns the table that ALTER TABLE changes and what is done to it, one
// part for each action. The table is "" for other statements.
func (w words) altered() (table string, actions []words) {
	rest, ok := w.cut("ALTER", "TABLE")
	if !ok {
		return "", nil
	}
	table, rest = rest.skip("IF", "EXISTS").skip("ONLY").name()
	if len(rest) > 0 && rest[0].Text == "*" {
		rest = rest[1:]
	}
	return table, rest.split()
}

// addedColumn returns the column that an action adds, and its type and constraints.
func (w words) addedColumn() (name string, definition words) {
	rest, ok := w.cut("ADD")
	if !ok {
		return "", nil
	}
	for _, other := range []string{"CONSTRAINT", "CHECK", "FOREIGN", "UNIQUE", "PRIMARY", "EXCLUDE", "NOT"} {
		if rest.is(0, other) {
			return "", nil
		}
	}
	return rest.skip("COLUMN").skip("IF", "NOT", "EXISTS").name()
}

// addedConstraint returns the constraint that an action adds to the table, and
// its name if it has one.
func (w words) addedConstraint() (name string, definition words) {
	rest, ok := w.cut("ADD")
	if column, _ := w.addedColumn(); !ok || column != "" {
		return "", nil
	}
	if named, ok := rest.cut("CONSTRAINT"); ok {
		return named.name()
	}
	return "", rest
}

// alteredColumn returns the column that an action alters, and how.
func (w words) alteredColumn() (name string, change words) {
	rest, ok := w.cut("ALTER")
	if !ok || rest.is(0, "CONSTRAINT") {
		return "", nil
	}
	return rest.skip("COLUMN").name()
}

// createdTable returns the table, or materialized view, that a statement makes.
func (w words) createdTable() string {
	rest, ok := w.cut("CREATE")
	if !ok {
		return ""
	}
	for _, kind := range []string{"GLOBAL", "LOCAL", "TEMP", "TEMPORARY", "UNLOGGED", "VIRTUAL", "MATERIALIZED"} {
		rest = rest.skip(kind)
	}
	rest, ok = rest.cut("TABLE")
	if !ok {
		if rest, ok = rest.cut("VIEW"); !ok || !w.is(1, "MATERIALIZED") {
			return ""
		}
	}
	table, _ := rest.skip("IF", "NOT", "EXISTS").name()
	return table
}

// indexedTable returns the table that CREATE INDEX is about, and whether the
// statement says CONCURRENTLY.
func (w words) indexedTable() (table string, concurrently bool) {
	rest, ok := w.cut("CREATE")
	if !ok {
		return "", false
	}
	if rest, ok = rest.skip("UNIQUE").cut("INDEX"); !ok {
		return "", false
	}
	_, concurrently = rest.cut("CONCURRENTLY")
	table, _ = rest.after("ON").skip("ONLY").name()
	return table, concurrently
}
