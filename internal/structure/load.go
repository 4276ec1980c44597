package structure

import (
	"context"

	"github.com/terem-go/terem/internal/source"
)

// Load reads and type-checks the application in a folder, without its tests, as
// source.Load does. Code that does not compile is a *source.Broken.
func Load(ctx context.Context, dir string) (*Program, error) {
	code, err := source.Load(ctx, dir, source.Options{Info: true})
	if err == nil {
		err = code.Err()
	}
	if err != nil {
		return nil, err
	}
	p := &Program{Dir: code.Dir, Module: code.Module, Fset: code.Fset}
	for _, s := range code.Packages {
		p.Packages = append(p.Packages, NewPackage(p.Module, p.Dir, p.Fset, s.Files, s.Types, s.Info))
	}
	return p, nil
}
