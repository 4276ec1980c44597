package api

import (
	"strings"
	"unicode"
)

// operationID makes "users.get" of "users.Router.get". A function literal has
// the whole name, as its last part is only a number.
func operationID(handler string) string {
	parts := strings.Split(handler, ".")
	last := parts[len(parts)-1]
	if strings.TrimLeft(strings.TrimPrefix(last, "func"), "0123456789") == "" {
		return handler
	}
	return parts[0] + "." + last
}

// summary makes "Reset password" of "users.Router.resetPassword".
func summary(handler string) string {
	var b strings.Builder
	for i, r := range handler[strings.LastIndex(handler, ".")+1:] {
		switch {
		case i == 0:
			r = unicode.ToUpper(r)
		case unicode.IsUpper(r):
			b.WriteByte(' ')
			r = unicode.ToLower(r)
		}
		b.WriteRune(r)
	}
	return b.String()
}

// typeName makes "UsersGet" of "users.get", to name the schema of a type that
// has no name.
func typeName(operationID string) string {
	var b strings.Builder
	for part := range strings.SplitSeq(operationID, ".") {
		for i, r := range part {
			if i == 0 {
				r = unicode.ToUpper(r)
			}
			b.WriteRune(r)
		}
	}
	return b.String()
}

// documentedPath turns a path of http.ServeMux into one of OpenAPI, which knows
// neither {path...} nor {$}.
func documentedPath(path string) string {
	return strings.NewReplacer("...}", "}", "{$}", "").Replace(path)
}
