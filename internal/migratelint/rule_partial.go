package migratelint

import "slices"

// partial finds files that cannot be run again after they stopped in the middle.
var partial = &rule{
	name:   "partial",
	title:  "%s stays when a later statement of the file fails, and cannot run again",
	reason: "A file without a transaction is not rolled back. Its statements run from the first one again.",
	wayOut: "Leave one statement in the file, or write those before the last one with IF EXISTS or IF NOT EXISTS.",
	both:   true,
	down:   true,
	find: func(p place) []string {
		if p.inTransaction || len(p.later) == 0 || p.words.repeatable() {
			return nil
		}
		return []string{p.words.verb()}
	},
}

// harmless are the first words of statements that may run twice.
var harmless = []string{"SET", "RESET", "ANALYZE", "VACUUM", "REINDEX", "COMMENT", "PRAGMA", "SELECT"}

// repeatable reports whether a statement may run again.
func (w words) repeatable() bool {
	return slices.ContainsFunc(harmless, func(word string) bool { return w.is(0, word) }) ||
		w.has("IF", "EXISTS") || w.has("IF", "NOT", "EXISTS") || w.has("OR", "REPLACE") || w.has("VALIDATE", "CONSTRAINT")
}
