package migratelint

// manyTables finds transactions that hold one table while they wait for another.
var manyTables = &rule{
	name:   "many-tables",
	title:  "%s is locked while the lock of another table is held",
	reason: "The transaction keeps its locks to the end. While it waits for this table, everybody else waits for the first one; with a program that takes them in another order it is a deadlock.",
	wayOut: "Write the changes of each table into a file of its own.",
	find: func(p place) []string {
		if !p.inTransaction {
			return nil
		}
		table := p.words.lockedTable()
		found, others := p.existing(table), false
		for _, s := range p.others {
			switch other := s.words.lockedTable(); {
			case other == table:
				return nil // it was found before
			case p.existing(other) != nil:
				others = true
			}
		}
		if !others {
			return nil
		}
		return found
	},
}

// lockedTable returns the table that a statement keeps others from changing, or "".
func (w words) lockedTable() string {
	if table, _ := w.altered(); table != "" {
		return table
	}
	if table, _ := w.indexedTable(); table != "" {
		return table
	}
	if tables := w.droppedTables(); len(tables) > 0 {
		return tables[0]
	}
	if rest, ok := w.cut("TRUNCATE"); ok {
		table, _ := rest.skip("TABLE").skip("ONLY").name()
		return table
	}
	if rest, ok := w.cut("LOCK"); ok {
		table, _ := rest.skip("TABLE").skip("ONLY").name()
		return table
	}
	if w.is(0, "CREATE") && w[:min(len(w), 5)].has("TRIGGER") {
		table, _ := w.after("ON").name()
		return table
	}
	return ""
}
