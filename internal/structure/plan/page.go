package plan

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"strings"

	"github.com/terem-go/terem/internal/structure"
	"github.com/terem-go/terem/internal/structure/rules"
)

//go:embed page
var files embed.FS

// scripts are the files of the page's one script, in their order.
var scripts = []string{"facts.js", "element.js", "camera.js", "drawing.js", "request.js", "ways.js", "views.js", "search.js", "start.js"}

var (
	pageTemplate = template.Must(template.New("page.html").ParseFS(files, "page/*.html"))
	style        = read("page.css")
	script       = "(() => {\n\"use strict\";\n" + read(scripts...) + "})();\n"
)

func read(names ...string) string {
	var b strings.Builder
	for _, name := range names {
		text, err := files.ReadFile("page/" + name)
		if err != nil {
			panic(err) // it is not embedded
		}
		b.Write(text)
	}
	return b.String()
}

// Page writes a page that shows the application and what a check has found in it. It
// is one file that needs no network; a browser runs nothing on it but its own script.
// The same facts give the same bytes.
func Page(w io.Writer, app *structure.App, findings []rules.Finding) error {
	h := build(app)
	found, counts := locate(app, findings)
	places := map[string]*room{}
	for _, r := range h.Rooms {
		places[r.of.Path] = r
	}
	facts, err := json.Marshal(map[string]any{"app": app, "places": places, "house": h.box, "findings": found})
	if err != nil {
		return err
	}
	var page bytes.Buffer
	err = pageTemplate.Execute(&page, map[string]any{
		"App": app, "House": h, "Rooms": described(app, h, counts), "Facts": template.JS(facts), "Big": len(h.Rooms) > bigHouse,
		"Style": template.CSS(style), "Script": template.JS(script),
		"Policy": fmt.Sprintf("default-src 'none'; img-src data:; style-src '%s'; script-src '%s'; base-uri 'none'; form-action 'none'",
			hash(style), hash(script)),
	})
	if err != nil {
		return err
	}
	_, err = w.Write(page.Bytes())
	return err
}

// bigHouse is the number of rooms above which arrows that say little are shown for the
// chosen room only.
const bigHouse = 16

func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}
