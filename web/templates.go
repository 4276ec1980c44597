package web

import (
	_ "embed"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"text/template/parse"
)

// builtin holds the templates "field" and "errors".
//
//go:embed builtin.html
var builtin string

// parseTemplates reads the templates of each page.
func parseTemplates(c ViewsConfig) (map[string]*template.Template, error) {
	pages, err := parsePages(c)
	if err != nil {
		return nil, fmt.Errorf("web: templates: %w", err)
	}
	return pages, nil
}

func parsePages(c ViewsConfig) (map[string]*template.Template, error) {
	shared := template.New("").Option("missingkey=error").Funcs(template.FuncMap{"asset": c.Assets.Path}).Funcs(c.Funcs)
	if _, err := shared.New("builtin.html").Parse(builtin); err != nil {
		return nil, err
	}
	sources := map[string]string{} // of pages
	err := fs.WalkDir(c.Templates, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.HasPrefix(entry.Name(), ".") {
			return err
		}
		if path.Ext(name) != ".html" {
			return fmt.Errorf("%s: expected a name that ends in .html", name)
		}
		source, err := fs.ReadFile(c.Templates, name)
		if err != nil {
			return err
		}
		if strings.HasPrefix(name, "layouts/") || strings.HasPrefix(name, "parts/") {
			_, err = shared.New(name).Parse(string(source))
			return err
		}
		sources[name] = string(source)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(sources) == 0 {
		return nil, errors.New("the folder holds no pages, such as home.html")
	}
	for _, t := range shared.Templates() {
		if err := checkAssets(t, c.Assets); err != nil {
			return nil, err
		}
	}
	return parseAll(shared, sources, c.Assets)
}

// parseAll parses the pages, as many at a time as there are processors: each of them escapes its layout anew.
func parseAll(shared *template.Template, sources map[string]string, assets *Assets) (map[string]*template.Template, error) {
	names := slices.Sorted(maps.Keys(sources))
	parsed, problems := make([]*template.Template, len(names)), make([]error, len(names))
	var next atomic.Int64
	var parsing sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(names)) {
		parsing.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(names); i = int(next.Add(1)) - 1 {
				parsed[i], problems[i] = parsePage(shared, names[i], sources[names[i]], assets)
			}
		})
	}
	parsing.Wait()
	pages := map[string]*template.Template{}
	for i, name := range names {
		if problems[i] != nil {
			return nil, problems[i]
		}
		pages[strings.TrimSuffix(name, ".html")] = parsed[i]
	}
	return pages, nil
}

// parsePage parses a page into a copy of the shared templates: it sees those, and not what other pages define.
func parsePage(shared *template.Template, name, source string, assets *Assets) (*template.Template, error) {
	copied, err := shared.Clone()
	if err != nil {
		return nil, err
	}
	page, err := copied.New(name).Parse(source)
	if err != nil {
		return nil, err
	}
	if parse.IsEmptyTree(page.Tree.Root) {
		return nil, fmt.Errorf(`%s shows nothing: begin it with its layout, such as {{template "layouts/base.html" .}}`, name)
	}
	for _, t := range page.Templates() {
		if t.Tree == nil || t.Tree.ParseName != name { // a shared one
			continue
		}
		if err := checkAssets(t, assets); err != nil {
			return nil, err
		}
	}
	// What it cannot escape or find, package html/template says when it is first used.
	var broken *template.Error
	if errors.As(page.Execute(full{}, nil), &broken) {
		return nil, broken
	}
	return page, nil
}

// full is a writer that takes nothing, so that a template ends where it begins.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("full") }

// usedAsset finds the names of assets in a template as it prints itself.
var usedAsset = regexp.MustCompile(`\{\{[^{}]*\basset "([^"\\]*)"`)

// checkAssets refuses a template that names an asset which does not exist.
func checkAssets(t *template.Template, assets *Assets) error {
	if t.Tree == nil {
		return nil
	}
	for _, match := range usedAsset.FindAllStringSubmatch(t.Tree.Root.String(), -1) {
		if _, err := assets.Path(match[1]); err != nil {
			return fmt.Errorf("%s: %w", t.Tree.ParseName, err)
		}
	}
	return nil
}
