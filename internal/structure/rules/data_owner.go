package rules

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/types"
	"regexp"
	"slices"
	"strings"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/internal/sqltext"
	"github.com/terem-go/terem/internal/structure"
)

var dataOwner = &Rule{
	ID:    "data-owner",
	Title: "Only the domain that owns a table reads and writes it.",
	Reason: "Who owns a table keeps its rules: what is hidden, who may see it, what else must be written with it. SQL of others goes around " +
		"these rules, and breaks when the table changes, in a place where nobody looks.",
	Application: func(a *Application) []Finding {
		o := a.owners()
		var list []Finding
		for _, p := range a.Program.Packages {
			if p.Kind == structure.KindMain || p.Kind == structure.KindOther {
				continue
			}
			for _, file := range p.Files {
				ast.Inspect(file, func(n ast.Node) bool {
					if call, ok := n.(*ast.CallExpr); ok {
						list = append(list, o.sql(p, call)...)
						list = append(list, o.model(p, call)...)
					}
					return true
				})
			}
		}
		// A constant that is used often is found once.
		slices.SortStableFunc(list, func(f, g Finding) int { return cmp.Or(cmp.Compare(f.Pos, g.Pos), strings.Compare(f.Title, g.Title)) })
		list = slices.CompactFunc(list, func(f, g Finding) bool { return f.Pos == g.Pos && f.Title == g.Title })
		for _, t := range a.App.Tables {
			list = append(list, o.foreignKeys(t)...)
		}
		return list
	},
}

// owners knows which room owns a table.
type owners struct {
	*Application
	of map[string]*structure.Package // by the table's name; nil for one of no room that can own
}

// owners returns who owns the tables: the package of the type that describes the
// rows.
func (a *Application) owners() owners {
	o := owners{a, map[string]*structure.Package{}}
	for _, t := range a.App.Tables {
		for _, p := range a.Program.Packages {
			if p.Room == t.Room && layered(p) {
				o.of[t.Name] = p
			}
		}
	}
	return o
}

// sql finds the tables of others that the SQL in the arguments of a call names. SQL
// in utils is for the rule sql-in-repository, whoever owns the table.
func (o owners) sql(p *structure.Package, call *ast.CallExpr) []Finding {
	if p.Kind == structure.KindUtils {
		return nil
	}
	var list []Finding
	for _, s := range sqlIn(p, call) {
		for _, table := range s.writes {
			list = append(list, o.touched(p, s.at, table, "writes")...)
		}
		for _, table := range s.reads {
			if !slices.Contains(s.writes, table) {
				list = append(list, o.touched(p, s.at, table, "reads")...)
			}
		}
	}
	return list
}

// naming returns the parts of a text that name a table, which may be the values of
// constants.
func naming(p *structure.Package, text ast.Expr, table string) []ast.Expr {
	word := regexp.MustCompile(`\b` + regexp.QuoteMeta(table) + `\b`)
	var parts func(e ast.Expr) []ast.Expr
	parts = func(e ast.Expr) []ast.Expr {
		if !word.MatchString(sqlOf(p.Info, e)) {
			return nil
		}
		var list []ast.Expr
		switch part := ast.Unparen(e).(type) {
		case *ast.BinaryExpr:
			list = append(parts(part.X), parts(part.Y)...)
		case *ast.Ident:
			if value := constantValue(p, p.Info.Uses[part]); value != nil {
				list = parts(value)
			}
		}
		if list == nil {
			list = []ast.Expr{e}
		}
		return list
	}
	return parts(text)
}

// constantValue returns what a constant of a package was declared as, or nil.
func constantValue(p *structure.Package, constant types.Object) (value ast.Expr) {
	if _, ok := constant.(*types.Const); !ok || constant.Pkg() != p.Types {
		return nil
	}
	for _, file := range p.Files {
		ast.Inspect(file, func(n ast.Node) bool {
			if spec, ok := n.(*ast.ValueSpec); ok {
				for i, name := range spec.Names {
					if name.Pos() == constant.Pos() && i < len(spec.Values) {
						value = spec.Values[i]
					}
				}
			}
			return value == nil
		})
	}
	return value
}

// sqlText is SQL among the arguments of a call, with the tables that it touches.
type sqlText struct {
	at            ast.Expr
	reads, writes []string
}

// sqlIn returns the SQL that is handed to a function of the library.
func sqlIn(p *structure.Package, call *ast.CallExpr) []sqlText {
	f := callee(p.Info, call)
	if f == nil || f.Pkg() == nil || f.Pkg().Path() != library+"/dao" && f.Pkg().Path() != library+"/db" {
		return nil
	}
	var list []sqlText
	params := f.Signature().Params()
	for i := range min(params.Len(), len(call.Args)) {
		s := sqlText{at: call.Args[i]}
		switch name := params.At(i).Name(); {
		case name == "sql":
			s.reads, s.writes = sqltext.Tables(db.Postgres, sqlOf(p.Info, s.at))
		case name == "table" && f.Name() == "Copy":
			s.writes = []string{sqlOf(p.Info, s.at)}
		}
		list = append(list, s)
	}
	return list
}

// touched finds where a text names a table of others.
func (o owners) touched(p *structure.Package, text ast.Expr, table, how string) (list []Finding) {
	owner := o.of[table]
	if owner == nil || owner == p {
		return nil
	}
	for _, at := range naming(p, text, table) {
		f := found(at, fmt.Sprintf("%s %s the table %s, which %s owns", p.Room, how, table, owner.Room))
		f.WayOut = fmt.Sprintf("make it a method of the repository of %s; where %s cannot import that, let main hand the method over as a small interface, "+
			"or let a service call both", owner.Room, p.Room)
		list = append(list, f)
	}
	return list
}

// model finds a dao.Of of a table that another room describes.
func (o owners) model(p *structure.Package, call *ast.CallExpr) []Finding {
	if !isFunc(callee(p.Info, call), library+"/dao", "Of") || len(call.Args) != 1 {
		return nil
	}
	table := sqlOf(p.Info, call.Args[0])
	owner := o.of[table]
	if owner == nil || owner == p {
		return nil
	}
	f := found(call, fmt.Sprintf("%s describes the table %s, which %s owns", p.Room, table, owner.Room))
	f.WayOut = fmt.Sprintf("take what is needed from the repository of %s, which main can hand over", owner.Room)
	return []Finding{f}
}

// foreignKeys finds those that lead to domains that are not declared.
func (o owners) foreignKeys(t *structure.Table) []Finding {
	p := o.of[t.Name]
	if p == nil || p.Kind != structure.KindDomain {
		return nil
	}
	var list []Finding
	for _, c := range t.Columns {
		other := o.of[c.References]
		if c.References == "" || other == nil || other == p || other.Kind != structure.KindDomain || o.declares(p, other) ||
			slices.Contains(p.Types.Imports(), other.Types) { // which is for the rule uses-declared
			continue
		}
		f := Finding{File: t.At.File, Line: t.At.Line, Title: fmt.Sprintf("%s.%s refers to the table %s of %s, and %s does not declare that it uses it",
			t.Name, c.Name, c.References, other.Room, p.Room)}
		if field := columnField(p, c.Name, c.References); field != nil {
			f.Pos, f.End = field.Pos(), field.End()
		}
		f.Reason = "A foreign key ties two domains: the rows of one cannot be moved, restored or deleted without the other."
		f.WayOut = fmt.Sprintf("if they belong together, write %s %s at the end of the package comment in domain.go; else leave ref: out", usesDirective, name(other))
		list = append(list, f)
	}
	return list
}

// declares reports whether a domain declares that it uses another one.
func (a *Application) declares(p, other *structure.Package) bool {
	words, _ := p.Uses()
	return slices.ContainsFunc(words, func(word string) bool { return a.inRoom(word) == other })
}

// columnField returns the field of a column that refers to a table, or nil.
func columnField(p *structure.Package, column, table string) (field *ast.Field) {
	tag := regexp.MustCompile(`db:"` + regexp.QuoteMeta(column) + `,[^"]*ref:` + regexp.QuoteMeta(table) + `[,."]`)
	for _, file := range p.Files {
		ast.Inspect(file, func(n ast.Node) bool {
			if f, ok := n.(*ast.Field); ok && field == nil && f.Tag != nil && tag.MatchString(f.Tag.Value) {
				field = f
			}
			return true
		})
	}
	return field
}

// sqlOf returns what is constant of a text.
func sqlOf(info *types.Info, e ast.Expr) string {
	text, _ := structure.Text(info, e)
	return text
}
