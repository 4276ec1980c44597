package rules

import (
	"go/ast"
	"strings"

	"github.com/terem-go/terem/internal/structure"
)

// deed is something that a call does, such as a call of the outside.
type deed func(pkg *structure.Package, s callSite) (what string)

// hop is the first call on the shortest way to a deed.
type hop struct {
	pkg  *structure.Package
	site callSite
	what string // of the deed itself, else of what the call leads to
	far  int    // how many calls it takes
}

// ways are the shortest ways to a sort of deed.
type ways struct {
	deed  deed
	first map[*structure.Func]hop // by the function that they begin in
}

// ways finds out which functions of the application come to a deed while they run.
func (a *Application) ways(d deed) *ways {
	w := &ways{d, map[*structure.Func]hop{}}
	type caller struct {
		from *structure.Func
		hop  hop
	}
	callers := map[*structure.Func][]caller{}
	var queue []*structure.Func
	for _, c := range a.codes() {
		if c.fn == nil || c.lit != nil {
			continue
		}
		for _, s := range c.calls {
			if what := d(c.pkg, s); what != "" {
				if _, known := w.first[c.fn]; !known {
					w.first[c.fn] = hop{c.pkg, s, what, 1}
					queue = append(queue, c.fn)
				}
			} else if s.to != nil {
				callers[s.to] = append(callers[s.to], caller{c.fn, hop{pkg: c.pkg, site: s}})
			}
		}
	}
	for ; len(queue) > 0; queue = queue[1:] {
		there := w.first[queue[0]]
		for _, c := range callers[queue[0]] {
			if _, known := w.first[c.from]; !known {
				c.hop.what, c.hop.far = there.what, there.far+1
				w.first[c.from] = c.hop
				queue = append(queue, c.from)
			}
		}
	}
	return w
}

// way is how a call comes to a deed: the calls from the first one to the deed.
type way []hop

// from returns the way that begins with a call; nil if it leads to no deed.
func (w *ways) from(pkg *structure.Package, s callSite) way {
	if what := w.deed(pkg, s); what != "" {
		return way{{pkg, s, what, 1}}
	}
	there, ok := w.first[s.to]
	if s.to == nil || !ok {
		return nil
	}
	list := way{{pkg, s, there.what, there.far + 1}}
	for {
		list = append(list, there)
		if there.far == 1 {
			return list
		}
		there = w.first[there.site.to]
	}
}

// what returns what is done at the end.
func (w way) what() string { return w[0].what }

// end returns the call that does it.
func (w way) end() *ast.CallExpr { return w[len(w)-1].site.call }

// through returns the functions between the first call and the deed.
func (w way) through() []*structure.Func {
	var list []*structure.Func
	for _, h := range w[:len(w)-1] {
		list = append(list, h.site.to)
	}
	return list
}

// String returns the calls with their places: pay (orders/router.go:20) →
// (*Service).Charge (services/billing/billing.go:31) → http.Get.
func (w way) String() string {
	var b strings.Builder
	for i, h := range w {
		if i > 0 {
			b.WriteString(" → ")
		}
		if i == len(w)-1 {
			b.WriteString(h.what)
		} else {
			b.WriteString(h.site.to.Name())
		}
		b.WriteString(" (" + h.pkg.Place(h.site.call.Lparen).String() + ")")
	}
	return b.String()
}
