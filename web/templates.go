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
	sh := &shared{funcs: template.FuncMap{"asset": c.Assets.Path}, calls: map[string][]string{}, assets: c.Assets}
	maps.Copy(sh.funcs, c.Funcs)
	sh.set = template.New("").Option("missingkey=error").Funcs(sh.funcs)
	if _, err := sh.set.New("builtin.html").Parse(builtin); err != nil {
		return nil, err
	}
	var pages []source
	err := fs.WalkDir(c.Templates, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.HasPrefix(entry.Name(), ".") {
			return err
		}
		if path.Ext(name) != ".html" {
			return fmt.Errorf("%s: expected a name that ends in .html", name)
		}
		text, err := fs.ReadFile(c.Templates, name)
		if err != nil {
			return err
		}
		if strings.HasPrefix(name, "layouts/") || strings.HasPrefix(name, "parts/") {
			_, err = sh.set.New(name).Parse(string(text))
			return err
		}
		pages = append(pages, source{name, string(text)})
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(pages) == 0 {
		return nil, errors.New("the folder holds no pages, such as home.html")
	}
	for _, t := range sh.set.Templates() {
		if t.Tree == nil {
			continue
		}
		if err := checkAssets(t.Tree, c.Assets); err != nil {
			return nil, err
		}
		visit(t.Tree.Root, func(n *parse.TemplateNode) { sh.calls[t.Name()] = append(sh.calls[t.Name()], n.Name) })
	}
	return sh.parseAll(pages)
}

// parseAll parses the pages on all processors.
func (sh *shared) parseAll(pages []source) (map[string]*template.Template, error) {
	groups := slices.Collect(slices.Chunk(pages, together))
	parsed, problems := make([][]*template.Template, len(groups)), make([]error, len(groups))
	var taken atomic.Int64
	var parsing sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(groups)) {
		parsing.Go(func() {
			for i := taken.Add(1) - 1; i < int64(len(groups)); i = taken.Add(1) - 1 {
				parsed[i], problems[i] = sh.parse(groups[i])
			}
		})
	}
	parsing.Wait()
	byName := map[string]*template.Template{}
	for i, group := range groups {
		if problems[i] != nil {
			return nil, problems[i]
		}
		for j, page := range group {
			byName[strings.TrimSuffix(page.name, ".html")] = parsed[i][j]
		}
	}
	return byName, nil
}

// full is a writer that takes nothing, so that a template ends where it begins.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("full") }

// usedAsset finds the names of assets in a template as it prints itself.
var usedAsset = regexp.MustCompile(`\{\{[^{}]*\basset "([^"\\]*)"`)

// checkAssets refuses a template that names an asset which does not exist.
func checkAssets(t *parse.Tree, assets *Assets) error {
	for _, match := range usedAsset.FindAllStringSubmatch(t.Root.String(), -1) {
		if _, err := assets.Path(match[1]); err != nil {
			return fmt.Errorf("%s: %w", t.ParseName, err)
		}
	}
	return nil
}
