package api

import (
	"fmt"
	"net/http"

	"github.com/terem-go/terem/internal/docsui"
)

// mountDocs serves the OpenAPI document and the documentation page.
func (a *API) mountDocs() error {
	if a.config.SpecPath == "-" {
		return nil
	}
	spec, err := a.OpenAPI()
	if err != nil {
		return fmt.Errorf("api: encoding the OpenAPI document: %w", err)
	}
	a.mux.HandleFunc("GET "+a.config.SpecPath, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/openapi+json")
		w.Header().Set("Cache-Control", "no-cache")
		_, _ = w.Write(spec)
	})
	if a.config.DocsPath == "-" {
		return nil
	}
	docs := docsui.Handler(docsui.Options{Title: a.config.Title, Prefix: a.config.DocsPath, SpecURL: a.config.SpecPath})
	a.mux.Handle("GET "+a.config.DocsPath, docs)
	a.mux.Handle("GET "+a.config.DocsPath+"/", docs)
	return nil
}
