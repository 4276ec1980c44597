package api

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
)

// pkg is this package's path as it begins the names of its functions.
var pkg = reflect.TypeFor[API]().PkgPath() + "."

// place is where something was registered: the calls that led there, which are
// looked up when somebody asks.
type place [16]uintptr

// callerPlace returns the place, outside this package, that called it.
func callerPlace() (p place) {
	runtime.Callers(2, p[:])
	return p
}

// String returns the place's file and line.
func (p place) String() string {
	frames := runtime.CallersFrames(p[:])
	for {
		f, more := frames.Next()
		if !strings.HasPrefix(f.Function, pkg) || !more {
			return fmt.Sprintf("%s:%d", shortPath(f.File), f.Line)
		}
	}
}

// shortPath returns a file's path from the working directory if it is in it,
// else its last two parts.
func shortPath(file string) string {
	if wd, err := os.Getwd(); err == nil {
		if rel, err := filepath.Rel(wd, file); err == nil && filepath.IsLocal(rel) {
			return rel
		}
	}
	return filepath.Join(filepath.Base(filepath.Dir(file)), filepath.Base(file))
}

// functionName returns a function's name as a reader of the code knows it, such
// as "users.Router.get".
func functionName(f any) string {
	name := runtime.FuncForPC(reflect.ValueOf(f).Pointer()).Name()
	name = name[strings.LastIndex(name, "/")+1:]
	name = strings.TrimSuffix(name, "-fm")
	return strings.NewReplacer("(*", "", ")", "", "[...]", "").Replace(name)
}
