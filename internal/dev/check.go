package dev

import (
	"errors"
	"fmt"
	"go/build"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/terem-go/terem/internal/gosyntax"
)

// check reports why there is nothing to serve in a folder. It does not ask the
// go command, which would refuse an application that is broken for the moment.
func check(dir string) error {
	if _, err := exec.LookPath("go"); err != nil {
		return errors.New("there is no go command in PATH, and the application is compiled by it. Install Go from https://go.dev/dl, or add its folder bin to PATH")
	}
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return fmt.Errorf("%s is not a folder. Name that of an application", dir)
	}
	if _, ok := gosyntax.ModuleRoot(dir); !ok {
		return fmt.Errorf("there is no go.mod in %s or above it. Change into the folder of an application, or create one with: terem new DIR", dir)
	}
	if !hasMain(dir) {
		return fmt.Errorf("there is no package main in %s. Change into the folder of the application that has its main.go", dir)
	}
	return nil
}

// hasMain reports whether a folder has a Go file of package main, or one that
// cannot be read now and may become one.
func hasMain(dir string) bool {
	files, _ := os.ReadDir(dir) // one that cannot be read has none
	for _, f := range files {
		name := f.Name()
		match, err := build.Default.MatchFile(dir, name)
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") || err == nil && !match {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, name), nil, parser.PackageClauseOnly)
		if err != nil || file.Name.Name == "main" {
			return true
		}
	}
	return false
}
