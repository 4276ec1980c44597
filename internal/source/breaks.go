package source

import (
	"context"
	"slices"
)

// Breaks returns the problems that the code of an application, tests included, has with
// an overlay of files and does not have without it, in the order of their places.
func Breaks(ctx context.Context, dir string, overlay map[string][]byte) ([]Problem, error) {
	after, err := Load(ctx, dir, Options{Overlay: overlay, Tests: true})
	if err != nil || len(after.Problems) == 0 {
		return nil, err
	}
	before, err := Load(ctx, dir, Options{Tests: true})
	if err != nil {
		return nil, err
	}
	known := map[string]bool{}
	for _, p := range before.Problems {
		known[p.File+p.Text] = true
	}
	return slices.DeleteFunc(after.Problems, func(p Problem) bool { return known[p.File+p.Text] }), nil
}
