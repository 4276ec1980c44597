package structure

import (
	"cmp"
	"go/ast"
	"slices"
	"strconv"
	"strings"
)

// arrows gathers what leads from room to room.
type arrows map[[3]string]*Arrow

func (a arrows) add(from, to string, bond Bond, at Place, names ...string) {
	if from == to {
		return
	}
	key := [3]string{from, to, string(bond)}
	arrow := a[key]
	if arrow == nil {
		arrow = &Arrow{From: from, To: to, Bond: bond, Names: []string{}}
		a[key] = arrow
	}
	if len(names) > 0 {
		arrow.Names = union(arrow.Names, names)
	}
	if !slices.ContainsFunc(arrow.Places, func(p Place) bool { return p.File == at.File }) {
		arrow.Places = append(arrow.Places, at)
	}
}

// readArrows notes which rooms depend on which.
func (r *reader) readArrows() {
	a := arrows{}
	for _, pkg := range r.Packages {
		for _, f := range pkg.Files {
			r.imports(a, pkg, f)
			if pkg.Types.Name() == "main" {
				r.handed(a, pkg, f)
			}
		}
	}
	owners := map[string]string{}
	for _, t := range r.app.Tables {
		owners[t.Name] = t.Room
	}
	for _, t := range r.app.Tables {
		for _, c := range t.Columns {
			if to, ok := owners[c.References]; ok {
				a.add(t.Room, to, BondForeignKey, t.At, t.Name+"."+c.Name)
			}
		}
	}
	for _, e := range r.app.Events {
		for _, s := range e.Subscribers {
			a.add(s.Room, e.Room, BondEvent, s.At, e.Name)
		}
	}
	for _, arrow := range a {
		slices.SortFunc(arrow.Places, comparePlaces)
		r.app.Arrows = append(r.app.Arrows, arrow)
	}
	slices.SortFunc(r.app.Arrows, func(x, y *Arrow) int {
		return cmp.Or(strings.Compare(x.From, y.From), strings.Compare(x.To, y.To), strings.Compare(string(x.Bond), string(y.Bond)))
	})
}

// imports notes the imports of a file, with the names that it uses.
func (r *reader) imports(a arrows, pkg *Package, f *ast.File) {
	at := map[*Package]Place{}
	for _, spec := range f.Imports {
		name, _ := strconv.Unquote(spec.Path.Value)
		if other := r.Package(name); other != nil {
			at[other] = pkg.Place(spec.Pos())
			a.add(pkg.Room, other.Room, BondImport, at[other])
		}
	}
	if len(at) == 0 {
		return
	}
	ast.Inspect(f, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		obj := pkg.Info.Uses[id]
		if obj == nil || obj.Pkg() == nil || obj.Pkg() == pkg.Types || obj.Parent() != obj.Pkg().Scope() {
			return true
		}
		if other := r.Package(obj.Pkg().Path()); other != nil && at[other] != (Place{}) {
			a.add(pkg.Room, other.Room, BondImport, at[other], obj.Name())
		}
		return true
	})
}
