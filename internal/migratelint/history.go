package migratelint

// history is what the statements before have done.
type history struct {
	created map[string]bool // tables, by the same file
	checks  map[constraint]*notNullCheck
}

// constraint names a constraint.
type constraint struct{ table, name string }

// notNullCheck is a constraint CHECK (column IS NOT NULL).
type notNullCheck struct {
	column    string
	validated bool
}

// add adds what a statement does.
func (h *history) add(w words) {
	if table := w.createdTable(); table != "" {
		h.created[table] = true
	}
	table, actions := w.altered()
	for _, a := range actions {
		if to, ok := a.cut("RENAME", "TO"); ok && h.created[table] {
			renamed, _ := to.name()
			h.created[renamed] = true
		}
		if name, definition := a.addedConstraint(); name != "" {
			if column := definition.notNullColumn(); column != "" {
				h.checks[constraint{table, name}] = &notNullCheck{column, !definition.has("NOT", "VALID")}
			}
		}
		if rest, ok := a.cut("VALIDATE", "CONSTRAINT"); ok {
			name, _ := rest.name()
			if c := h.checks[constraint{table, name}]; c != nil {
				c.validated = true
			}
		}
		if rest, ok := a.cut("DROP", "CONSTRAINT"); ok {
			name, _ := rest.skip("IF", "EXISTS").name()
			delete(h.checks, constraint{table, name})
		}
	}
}

// notNullColumn returns the column of a CHECK (column IS NOT NULL), or "".
func (w words) notNullColumn() string {
	rest, ok := w.cut("CHECK")
	if !ok {
		return ""
	}
	column, rest := rest.inside().name()
	if len(rest) != 3 || !rest.is(0, "IS", "NOT", "NULL") {
		return ""
	}
	return column
}

// neverNull reports whether a validated constraint says that a column has no
// NULL, so that PostgreSQL need not look.
func (h *history) neverNull(table, column string) bool {
	for at, c := range h.checks {
		if at.table == table && c.column == column && c.validated {
			return true
		}
	}
	return false
}
