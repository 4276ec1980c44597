package schema

// Quote is quote, for the test of keywords.
func Quote(name string) string { return quote(name) }
