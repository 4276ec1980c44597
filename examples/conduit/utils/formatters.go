package utils

import "strings"

// Email returns an e-mail address as it is stored and looked up: without space
// around it, in lower case.
func Email(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

// NilIfEmpty returns nil for a text that is empty.
func NilIfEmpty(s *string) *string {
	if s != nil && *s == "" {
		return nil
	}
	return s
}
