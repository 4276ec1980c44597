package web

import (
	"bytes"
	"fmt"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
)

// cssToken finds what a style sheet names, and the comments and strings in which nothing is named. An address with
// a backslash is none of either: it stays as it is.
var cssToken = regexp.MustCompile(`(?is)/\*.*?\*/` +
	`|\burl\(\s*(?:"([^"\\]*)"|'([^'\\]*)'|([^"'()\\\s]*))\s*\)` +
	`|@import\s*(?:"([^"\\]*)"|'([^'\\]*)')` +
	`|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'`)

var cssScheme = regexp.MustCompile(`(?i)^(?:[a-z][a-z0-9+.-]*:|//)`)

// rewrite returns a style sheet in which other assets are named with their hashes.
func (b *builder) rewrite(name string, css []byte) ([]byte, error) {
	if slices.Contains(b.open, name) {
		return nil, fmt.Errorf("%s names itself, through %s", name, strings.Join(b.open, " and "))
	}
	b.open = append(b.open, name)
	var out bytes.Buffer
	done := 0
	for _, at := range cssToken.FindAllSubmatchIndex(css, -1) {
		for group := 2; group < len(at); group += 2 {
			if at[group] < 0 {
				continue
			}
			ref, err := b.refer(name, string(css[at[group]:at[group+1]]))
			if err != nil {
				return nil, err
			}
			out.Write(css[done:at[group]])
			out.WriteString(ref)
			done = at[group+1]
		}
	}
	out.Write(css[done:])
	b.open = b.open[:len(b.open)-1]
	return out.Bytes(), nil
}

// refer returns what a style sheet should say instead of ref, which is ref itself if it is no asset's address.
func (b *builder) refer(css, ref string) (string, error) {
	end := strings.IndexAny(ref, "?#")
	if end < 0 {
		end = len(ref)
	}
	decoded, err := url.PathUnescape(ref[:end])
	if end == 0 || err != nil || cssScheme.MatchString(ref) {
		return ref, nil
	}
	name := path.Join(path.Dir(css), decoded)
	if strings.HasPrefix(decoded, "/") {
		ours := false
		if name, ours = strings.CutPrefix(path.Clean(decoded), b.assets.prefix); !ours {
			return ref, nil
		}
	}
	if b.contents[name] == nil {
		return "", fmt.Errorf("%s names %q, which does not exist", css, ref)
	}
	hashed, err := b.add(name)
	if err != nil {
		return "", err
	}
	return ref[:strings.LastIndex(ref[:end], "/")+1] + escapePath(path.Base(hashed)) + ref[end:], nil
}
