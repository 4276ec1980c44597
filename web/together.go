package web

import (
	"errors"
	"fmt"
	"html/template"
	"slices"
	texttemplate "text/template"
	"text/template/parse"
)

// together is how many pages are escaped in one set of templates. What they show alike, such as a navigation, is
// copied and escaped once for all of them. Package html/template goes through the whole set for each page of it, so
// that more pages would take longer again.
const together = 8

// shared are the templates that all pages see.
type shared struct {
	set    *template.Template
	funcs  template.FuncMap
	calls  map[string][]string // by the name of a template, those that it shows
	assets *Assets
}

// source is the file of a page.
type source struct{ name, text string }

// parse parses pages into one copy of the shared templates.
func (sh *shared) parse(sources []source) ([]*template.Template, error) {
	set, err := sh.set.Clone()
	if err != nil {
		return nil, err
	}
	var pages []*template.Template
	for _, s := range sources {
		page, err := sh.add(set, s)
		if err != nil {
			return nil, err
		}
		pages = append(pages, page)
	}
	for _, page := range pages {
		// What it cannot escape or find, package html/template says when it is first used.
		var broken *template.Error
		if errors.As(page.Execute(full{}, nil), &broken) {
			return nil, broken
		}
	}
	return pages, nil
}

// add adds a page to a copy of the shared templates. It must not see what other pages define: its own templates, and
// those shared ones that show any of them, get names of their own.
func (sh *shared) add(set *template.Template, s source) (*template.Template, error) {
	parsed, err := texttemplate.New(s.name).Funcs(sh.funcs).Parse(s.text)
	if err != nil {
		return nil, err
	}
	if parse.IsEmptyTree(parsed.Tree.Root) {
		return nil, fmt.Errorf(`%s shows nothing: begin it with its layout, such as {{template "layouts/base.html" .}}`, s.name)
	}
	trees := map[string]*parse.Tree{}
	for _, t := range parsed.Templates() {
		if err := checkAssets(t.Tree, sh.assets); err != nil {
			return nil, err
		}
		if sh.set.Lookup(t.Name()) == nil || !parse.IsEmptyTree(t.Tree.Root) { // an empty one replaces none
			trees[t.Name()] = t.Tree
		}
	}
	for grown := true; grown; {
		grown = false
		for name, calls := range sh.calls {
			if trees[name] == nil && slices.ContainsFunc(calls, func(c string) bool { return trees[c] != nil }) {
				trees[name], grown = sh.set.Lookup(name).Tree, true
			}
		}
	}
	own := func(name string) string { return name + " of " + s.name }
	for name, tree := range trees {
		tree = tree.Copy()
		visit(tree.Root, func(n *parse.TemplateNode) {
			if trees[n.Name] != nil {
				n.Name = own(n.Name)
			}
		})
		if _, err := set.AddParseTree(own(name), tree); err != nil {
			return nil, err
		}
	}
	return set.Lookup(own(s.name)), nil
}

// visit calls f for each {{template}} below n.
func visit(n parse.Node, f func(*parse.TemplateNode)) {
	branch := func(b *parse.BranchNode) {
		visit(b.List, f)
		if b.ElseList != nil {
			visit(b.ElseList, f)
		}
	}
	switch n := n.(type) {
	case *parse.ListNode:
		for _, n := range n.Nodes {
			visit(n, f)
		}
	case *parse.IfNode:
		branch(&n.BranchNode)
	case *parse.RangeNode:
		branch(&n.BranchNode)
	case *parse.WithNode:
		branch(&n.BranchNode)
	case *parse.TemplateNode:
		f(n)
	}
}
