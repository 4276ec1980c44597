package jobs

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
)

// Hide names fields of a worker's arguments, and of its results, that nobody is to
// see on the operator's pages: what is private, by its name in JSON, at any depth.
// What is called like a secret is hidden without it: whatever has password, token,
// secret, key, code, hash, cookie, credential or authorization in its name.
func Hide(fields ...string) WorkerOption {
	return func(a *entry) { a.hidden = append(a.hidden, fields...) }
}

// secretive are parts of the names of fields that hold secrets.
var secretive = []string{"passw", "token", "secret", "key", "code", "hash", "cookie", "credential", "authorization"}

// Hidden stands in the place of what is not shown.
const Hidden = "(hidden)"

// Shown returns arguments or a result for the eyes of an operator: indented, and
// with Hidden in the place of what any worker hides, because events of one sort
// are arguments of several. What is not JSON is hidden as a whole.
func (w *Workers) Shown(data json.RawMessage) string {
	var v any
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if d.Decode(&v) != nil {
		return Hidden
	}
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if e.Encode(w.masked(v)) != nil {
		return Hidden
	}
	return strings.TrimSpace(b.String())
}

func (w *Workers) masked(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for name := range v {
			if w.hides(name) {
				v[name] = Hidden
			} else {
				v[name] = w.masked(v[name])
			}
		}
	case []any:
		for i := range v {
			v[i] = w.masked(v[i])
		}
	}
	return v
}

func (w *Workers) hides(name string) bool {
	lower := strings.ToLower(name)
	return slices.ContainsFunc(secretive, func(part string) bool { return strings.Contains(lower, part) }) ||
		slices.ContainsFunc(w.list, func(a entry) bool { return slices.Contains(a.hidden, name) })
}
