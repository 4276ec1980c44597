package web

import (
	"fmt"
	"html/template"
	"strings"

	"rsc.io/qr"
)

// QR returns a text as a QR code in SVG, black on white with the quiet zone that
// scanners need, for a template. The text has up to 2,331 bytes; more is an error.
// label says what it is to those who do not see it.
func QR(text, label string) (template.HTML, error) {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return "", fmt.Errorf("web: a QR code of %d bytes: %w", len(text), err)
	}
	const quiet = 4
	size := code.Size + 2*quiet
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="qr" role="img" aria-label="%s" viewBox="0 0 %d %d" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h%dv%dH0z"/><path d="`,
		template.HTMLEscapeString(label), size, size, size, size)
	for y := range code.Size {
		for x := range code.Size {
			if code.Black(x, y) {
				fmt.Fprintf(&b, "M%d %dh1v1h-1z", x+quiet, y+quiet)
			}
		}
	}
	b.WriteString(`"/></svg>`)
	return template.HTML(b.String()), nil
}
