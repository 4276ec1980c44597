package report

import (
	"encoding/json"
	"io"
)

// JSON prints the report as programs read it.
func (r *Report) JSON(w io.Writer) error { return encode(w, r) }

func encode(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
