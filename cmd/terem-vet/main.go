// Terem-vet runs the rules of terem check that one package can decide under go vet:
//
//	go vet -vettool=$(which terem-vet) ./...
package main

import (
	"golang.org/x/tools/go/analysis/unitchecker"

	"github.com/terem-go/terem/internal/structure/vet"
)

func main() { unitchecker.Main(vet.Analyzers()...) }
