package migratelint

// whileOldCodeRuns is what is done about everything that the programs of before
// still use.
const whileOldCodeRuns = "Expand, backfill, contract: add the new, let a version write both, fill the old rows, let a version use only the new; when no other runs, remove the old and accept the finding with that reason."

// dropColumn finds columns that are taken away.
var dropColumn = &rule{
	name:   "drop-column",
	title:  "programs that still use a column of %s fail",
	reason: "While a new version is rolled out, the one before it serves as well, and its statements name the column.",
	wayOut: whileOldCodeRuns,
	find: func(p place) []string {
		return p.actions(func(_ string, a words) bool {
			rest, ok := a.cut("DROP")
			return ok && !rest.is(0, "CONSTRAINT")
		})
	},
}

// dropTable finds tables that are taken away.
var dropTable = &rule{
	name:   "drop-table",
	title:  "programs that still use %s fail, and its rows are gone",
	reason: "While a new version is rolled out, the one before it serves as well. Down does not bring the rows back.",
	wayOut: whileOldCodeRuns,
	find: func(p place) (found []string) {
		for _, table := range p.words.droppedTables() {
			found = append(found, p.existing(table)...)
		}
		return found
	},
}

// droppedTables returns the tables that DROP TABLE names.
func (w words) droppedTables() (tables []string) {
	rest, ok := w.cut("DROP", "TABLE")
	if !ok {
		return nil
	}
	for _, part := range rest.skip("IF", "EXISTS").split() {
		table, _ := part.name()
		tables = append(tables, table)
	}
	return tables
}
