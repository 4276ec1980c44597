package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"

	"github.com/alecthomas/kong"

	"github.com/terem-go/terem/internal/change"
)

// applicationFolder reads the folder of an application from the command line. The
// current folder stands for the application that it is a part of, if any.
func applicationFolder(ctx *kong.DecodeContext, target reflect.Value) error {
	var dir string
	if err := ctx.Scan.PopValueInto("folder", &dir); err != nil {
		return err
	}
	switch info, err := os.Stat(dir); {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("there is no folder %s", dir)
	case err != nil:
		return err
	case !info.IsDir():
		return fmt.Errorf("%s is a file: name the application's folder", dir)
	}
	if filepath.Clean(dir) == "." {
		dir = around(dir)
	}
	target.SetString(dir)
	return nil
}

// around returns the nearest folder above that terem new has made an application
// in, or the folder itself.
func around(dir string) string {
	here, err := filepath.Abs(dir)
	if err != nil {
		return dir
	}
	for up := here; ; up = filepath.Dir(up) {
		switch _, err := os.Stat(filepath.Join(up, filepath.FromSlash(change.ManifestPath))); {
		case err == nil && up == here, up == filepath.Dir(up):
			return dir
		case err == nil:
			return up
		}
	}
}
