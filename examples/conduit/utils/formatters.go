package utils

import "strings"

// OneLine returns the text with every run of white space as one space, and none
// at its ends.
func OneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// Email returns an e-mail address as it is stored and looked up: without space
// around it, in lower case.
func Email(s string) string { return strings.ToLower(strings.TrimSpace(s)) }
