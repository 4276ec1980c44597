package domain

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
)

// withImports adds the imports to a file of Go that has none: of the packages that
// it names, in three groups: the standard library, others, and the application's
// own.
func (d *Domain) withImports(src string) (string, error) {
	file, err := parser.ParseFile(token.NewFileSet(), "", src, parser.ParseComments)
	if err != nil {
		return "", err
	}
	packages := d.packages()
	var groups [3][]string
	ast.Inspect(file, func(n ast.Node) bool {
		s, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		name, ok := s.X.(*ast.Ident)
		if !ok || name.Obj != nil { // something that the file declares
			return true
		}
		if p := packages[name.Name]; p != "" {
			g := d.group(p)
			groups[g] = append(groups[g], strconv.Quote(p))
		}
		return true
	})
	var blocks []string
	lines := 0
	for _, g := range groups {
		slices.Sort(g)
		if g = slices.Compact(g); len(g) > 0 {
			blocks = append(blocks, strings.Join(g, "\n"))
			lines += len(g)
		}
	}
	imports := "import (\n" + strings.Join(blocks, "\n\n") + "\n)"
	if lines == 1 {
		imports = "import " + blocks[0]
	}
	end := int(file.Name.End()) - 1
	return src[:end] + "\n\n" + imports + "\n" + src[end:], nil
}

// group returns the group of an import.
func (d *Domain) group(importPath string) int {
	first, _, _ := strings.Cut(importPath, "/")
	switch {
	case strings.HasPrefix(importPath, d.Module+"/"):
		return 2
	case strings.Contains(first, "."):
		return 1
	}
	return 0
}
