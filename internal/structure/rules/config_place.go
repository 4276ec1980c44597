package rules

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/types"
	"slices"
	"strings"

	"github.com/terem-go/terem/internal/structure"
)

var configPlace = &Rule{
	ID:    "config-place",
	Title: "Only config.go reads the configuration.",
	Reason: "A setting that is read in the middle of the code is in no list of settings, is not checked before the application starts, and makes " +
		"tests depend on the machine that they run on.",
	WayOut: "make it a field of the Config in config.go, and let main hand the value over, as in users.New(users.Config{…})",
	Package: func(p *structure.Package) []Finding {
		if p.Kind == structure.KindOther {
			return nil
		}
		var list []Finding
		for _, file := range p.Files {
			if name := fileName(p, file); name == "config.go" || strings.HasSuffix(name, "_config.go") {
				continue
			}
			ast.Inspect(file, func(n ast.Node) bool {
				if call, ok := n.(*ast.CallExpr); ok {
					if f := callee(p.Info, call); readsConfig(p, f, call) {
						list = append(list, found(call, fmt.Sprintf("%s reads the configuration: %s.%s", fileName(p, file), f.Pkg().Name(), funcName(f))))
					}
				}
				return true
			})
		}
		return list
	},
}

// readsConfig reports whether a call reads the environment, or settings from
// elsewhere.
func readsConfig(p *structure.Package, f *types.Func, call *ast.CallExpr) bool {
	if f == nil || f.Pkg() == nil {
		return false
	}
	switch path := f.Pkg().Path(); path {
	case "os", "syscall":
		switch f.Name() {
		case "Getenv", "LookupEnv":
			v := p.Info.Types[call.Args[0]].Value
			return v == nil || v.Kind() != constant.String || !slices.Contains(ofTheMachine, constant.StringVal(v))
		case "ExpandEnv": // Environ is for programs that are started
			return true
		}
	case "flag": // the commands of main have flags
		return p.Kind != structure.KindMain && f.Signature().Recv() == nil
	case library + "/settings":
		return f.Name() == "Load"
	default:
		return slices.ContainsFunc([]string{"github.com/spf13/viper", "github.com/kelseyhightower/envconfig", "github.com/caarlos0/env",
			"github.com/joho/godotenv", "github.com/ilyakaznacheev/cleanenv"}, func(lib string) bool {
			return path == lib || strings.HasPrefix(path, lib+"/v")
		})
	}
	return false
}

// ofTheMachine are variables that are no settings of an application.
var ofTheMachine = []string{"COLORTERM", "EDITOR", "HOME", "HOSTNAME", "LANG", "NO_COLOR", "PATH", "PWD", "SHELL", "TERM", "TMPDIR", "TZ", "USER"}
