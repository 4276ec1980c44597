package scaffold

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"golang.org/x/mod/modfile"

	"github.com/terem-go/terem/internal/gosyntax"
)

// Checkout is a checkout of Terem.
type Checkout struct {
	Dir string // absolute
	mod *modfile.File
	sum []byte // its go.sum
}

// FindCheckout returns the checkout in the folder dir. Without one, it is the
// checkout that this program was compiled from, or the one around the working
// directory.
func FindCheckout(dir string) (*Checkout, error) {
	if dir != "" {
		dir, err := filepath.Abs(dir)
		if err != nil {
			return nil, err
		}
		c, err := readCheckout(dir)
		if err != nil {
			return nil, fmt.Errorf("%s is not a checkout of Terem: %w", dir, err)
		}
		return c, nil
	}
	_, source, _, _ := runtime.Caller(0)
	working, _ := os.Getwd()
	for _, start := range []string{filepath.Dir(source), working} {
		if root, ok := gosyntax.ModuleRoot(start); ok {
			if c, err := readCheckout(root); err == nil {
				return c, nil
			}
		}
	}
	return nil, errors.New("cannot find the checkout of Terem, which the application's go.mod must point to. Name its folder: --terem PATH")
}

func readCheckout(dir string) (*Checkout, error) {
	mod, err := readGoMod(dir)
	if err != nil {
		return nil, err
	}
	if mod.Module.Mod.Path != libraryPath {
		return nil, fmt.Errorf("its go.mod is that of %s", mod.Module.Mod.Path)
	}
	if mod.Go == nil {
		return nil, errors.New("its go.mod names no version of Go")
	}
	sum, err := os.ReadFile(filepath.Join(dir, "go.sum"))
	return &Checkout{Dir: dir, mod: mod, sum: sum}, err
}

func readGoMod(dir string) (*modfile.File, error) {
	name := filepath.Join(dir, "go.mod")
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	mod, err := modfile.Parse(name, data, nil)
	if err != nil {
		return nil, err
	}
	if mod.Module == nil {
		return nil, fmt.Errorf("%s names no module", name)
	}
	return mod, nil
}
