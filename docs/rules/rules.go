// Package rules has a page for each rule of terem check.
package rules

import "embed"

// Pages has the pages, named ID.md after the rules, and README.md, which lists them.
//
//go:embed *.md
var Pages embed.FS
