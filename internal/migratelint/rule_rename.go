package migratelint

// rename finds tables and columns that get another name.
var rename = &rule{
	name:   "rename",
	title:  "programs that know %s by its names of before fail",
	reason: "While a new version is rolled out, the one before it serves as well, and its statements have the old name.",
	wayOut: whileOldCodeRuns,
	find: func(p place) []string {
		return p.actions(func(_ string, a words) bool {
			rest, ok := a.cut("RENAME")
			return ok && !rest.is(0, "CONSTRAINT")
		})
	},
}
