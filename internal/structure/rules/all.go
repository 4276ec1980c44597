package rules

import (
	"slices"
	"strings"
)

// All are the rules, in the order of their IDs.
var All = sorted(
	// Of the frame: see excuse.go.
	excuse,
	// Of files inside a domain.
	missingFile, missingTests, unknownFile, roleImports, roleUses, sqlInRepository,
	// Of rooms.
	layers, registered, usesDeclared, usesPublic,
	// Of routes.
	handlerStatus, responseSchema, routeClash, routeDocumented, routePolicy,
	// Of tables.
	dataOwner, enumChecked, migrationOwner, modelsMigrated,
	// Of jobs and dependencies.
	jobIdempotent, dependencyReads,
	// Of the configuration.
	configPlace, secretInCode,
	// Of the log.
	useSlog,
	// Of sessions.
	sessionBegun, sessionKept, sessionNested, sessionOutside,
)

// Find returns the rule with the ID, or nil.
func Find(id string) *Rule {
	for _, r := range All {
		if r.ID == id {
			return r
		}
	}
	return nil
}

func sorted(list ...*Rule) []*Rule {
	slices.SortFunc(list, func(a, b *Rule) int { return strings.Compare(a.ID, b.ID) })
	return list
}
