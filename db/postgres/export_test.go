package postgres

// Writes reports whether a statement is one that gives its transaction an id.
func Writes(sql string) bool { return writes(sql) }
