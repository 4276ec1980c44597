package api

import (
	"errors"
	"fmt"
	"net/http"
	"sync"

	"github.com/terem-go/terem/internal/docsui"
)

// mountDocs serves the OpenAPI document and the documentation page.
func (a *API) mountDocs() error {
	if a.config.SpecPath == "-" {
		return nil
	}
	document := sync.OnceValues(a.OpenAPI) // with thousands of routes it would hold up the start
	err := a.mount("GET "+a.config.SpecPath, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		spec, err := document()
		if err != nil {
			a.fail(r.Context(), w, r, fmt.Errorf("encoding the OpenAPI document: %w", err))
			return
		}
		w.Header().Set("Content-Type", "application/openapi+json")
		w.Header().Set("Cache-Control", "no-cache")
		_, _ = w.Write(spec)
	}))
	if err != nil || a.config.DocsPath == "-" {
		return err
	}
	docs := docsui.Handler(docsui.Options{Title: a.config.Title, Prefix: a.config.DocsPath, SpecURL: a.config.SpecPath})
	return errors.Join(a.mount("GET "+a.config.DocsPath, docs), a.mount("GET "+a.config.DocsPath+"/", docs))
}

// mount adds a handler of the API's own to the router.
func (a *API) mount(pattern string, h http.Handler) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("api: %s is the API's own, set by Config.DocsPath and Config.SpecPath: it %s", pattern, a.clash(fmt.Sprint(p)))
		}
	}()
	a.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		exchangeOf(r.Context()).unrouted = false
		h.ServeHTTP(w, r)
	})
	return nil
}
