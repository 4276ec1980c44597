package db

import (
	"path"
	"runtime"
	"strconv"
	"strings"
)

// library is what stands before the names of the library's packages.
const library = "github.com/terem-go/terem/"

// between are packages that stand between a statement and the application's code
// that sends it.
var between = []string{
	library + "auth.", library + "dao.", library + "db.", library + "db/", library + "events.", library + "jobs.",
	library + "mail.", library + "migrate.",
	"github.com/jackc/", "github.com/riverqueue/", "database/sql.", "reflect.", "runtime.", "sync.",
}

// placeDepth is how many places in the application's code are named, so that a
// repository's method comes with who calls it, mostly a handler.
const placeDepth = 3

// place returns where the application's code is at work, the innermost place
// first, as "users/repository.go:20,users/router.go:41", or "" if it is not.
func place() string {
	var pcs [64]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs[:])])
	var found []string
	for more := true; more && len(found) < placeDepth; {
		var f runtime.Frame
		f, more = frames.Next()
		switch between := isBetween(f.Function); {
		case between && found == nil:
			continue
		case between, strings.HasPrefix(f.Function, library+"api."): // what stands around a route is not it
			more = false
		default:
			dir, file := path.Split(f.File)
			found = append(found, path.Join(path.Base(dir), file)+":"+strconv.Itoa(f.Line))
		}
	}
	return strings.Join(found, ",")
}

func isBetween(function string) bool {
	for _, p := range between {
		if strings.HasPrefix(function, p) {
			return true
		}
	}
	return false
}
