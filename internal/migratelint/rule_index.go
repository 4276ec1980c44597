package migratelint

// indexBlocksWrites finds CREATE INDEX and REINDEX on a table that is in use.
var indexBlocksWrites = &rule{
	name:   "index-blocks-writes",
	title:  "nobody can write to %s while the index is built",
	reason: "CREATE INDEX keeps every INSERT, UPDATE and DELETE waiting until it is done, which takes minutes on a large table.",
	wayOut: "Write CREATE INDEX CONCURRENTLY, in a file of its own that has the line: -- +goose NO TRANSACTION",
	find: func(p place) []string {
		if rest, ok := p.words.cut("REINDEX"); ok && !rest.has("CONCURRENTLY") {
			rest = rest.skipOptions()
			name, _ := rest[min(1, len(rest)):].name() // behind TABLE, INDEX or another
			return []string{name}
		}
		table, concurrently := p.words.indexedTable()
		if concurrently {
			return nil
		}
		return p.existing(table)
	},
}
