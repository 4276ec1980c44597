package rules

import (
	"fmt"
	"go/ast"
)

var sessionNested = &Rule{
	ID:     "session-nested",
	Title:  "No unit of work is opened inside another one.",
	Reason: nestedReason,
	WayOut: "pass the session on that is there as a parameter, or use Session.Nested for what may fail alone",
	Application: func(a *Application) []Finding {
		w := a.ways(opensUnit)
		var found []Finding
		seen := map[*ast.CallExpr]bool{}
		for _, c := range a.codes() {
			if _, ok := c.parameter(isUnit); !ok {
				continue
			}
		calls:
			for _, s := range c.calls {
				way := w.from(c.pkg, s)
				if way == nil || seen[s.call] {
					continue
				}
				for _, f := range way.through() {
					if takesUnit(f.Obj) {
						continue calls // where it is found as well
					}
				}
				seen[s.call] = true
				found = append(found, onWay(way, fmt.Sprintf("%s opens a unit of work inside another one: %s", c.name(), way.what()), nestedReason))
			}
		}
		return found
	},
}

const nestedReason = "It would not be part of the first: it commits by itself, does not see what the first has written, and waits for the " +
	"connection that the first one holds. It is refused when it runs (db.ErrInside), with status 500."
