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
	library + "auth.", library + "dao.", library + "db.", library + "db/", library + "jobs.", library + "mail.", library + "migrate.",
	"github.com/jackc/", "github.com/riverqueue/", "database/sql.", "reflect.", "runtime.", "sync.",
}

// place returns the file and line of the application's code that is at work, as
// "users/repository.go:41", or "" if it is none of the application's.
func place() string {
	var pcs [64]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs[:])])
	for {
		f, more := frames.Next()
		switch {
		case !more || strings.HasPrefix(f.Function, library+"api."): // what stands around a route is not it
			return ""
		case isBetween(f.Function):
			continue
		}
		dir, file := path.Split(f.File)
		return path.Join(path.Base(dir), file) + ":" + strconv.Itoa(f.Line)
	}
}

func isBetween(function string) bool {
	for _, p := range between {
		if strings.HasPrefix(function, p) {
			return true
		}
	}
	return false
}
