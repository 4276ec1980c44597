// Package goedit adds to Go source by its syntax tree and takes back what it
// added. Comments, blank lines and all that somebody else has changed stay.
package goedit

import (
	"bytes"
	"errors"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"strings"
)

// File is Go source that is being edited. An edit that cannot be made is kept for
// Source, and those behind it are tried all the same, so that people read at once
// all that is to be done by hand.
type File struct {
	// Module is the import path that the paths of the module's own packages begin
	// with: their imports are the last group.
	Module string

	name string
	src  []byte // its lines end in \n
	crlf bool   // they did not
	// clean says that gofmt would not change the source. Only then is the result
	// formatted: other source keeps the form that it has.
	clean   bool
	inserts []Insert
	imports []Import
	errs    []error

	fset *token.FileSet
	ast  *ast.File
}

// Insert is text that was put into a file.
type Insert struct {
	// Scope is the declaration around it, such as Order or Router.Routes; none
	// for whole declarations.
	Scope string `json:"scope,omitempty"`
	// Text is what was put there, with the white space around it. gofmt may have
	// changed white space since.
	Text string `json:"text"`
	// Old is what stood in its place, if something did.
	Old string `json:"old,omitempty"`
	// In is a word of the string literal that the text was added to, if it was.
	In string `json:"in,omitempty"`
	// Nth says how often the same stands above it in its scope.
	Nth int `json:"nth,omitempty"`
}

// Parse returns the source of the file with that name, which is for messages. It
// is an error if the source is not Go that can be parsed.
func Parse(name string, src []byte) (*File, error) {
	f := &File{name: name, src: src}
	if n := bytes.Count(src, []byte("\r\n")); n > 0 && n == bytes.Count(src, []byte("\n")) && n == bytes.Count(src, []byte("\r")) {
		f.crlf = true
		f.src = bytes.ReplaceAll(src, []byte("\r\n"), []byte("\n"))
	}
	if err := f.parse(); err != nil {
		return nil, fmt.Errorf("%s is not Go that can be read: %w. Correct that first", name, err)
	}
	formatted, err := format.Source(f.src)
	f.clean = err == nil && bytes.Equal(formatted, f.src)
	return f, nil
}

func (f *File) parse() error {
	fset := token.NewFileSet()
	parsed, err := parser.ParseFile(fset, f.name, f.src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	f.fset, f.ast = fset, parsed
	return nil
}

// Source returns the source with all edits, or why some could not be made: each is
// a *PlaceError or says what is wrong with the text that was to be added.
func (f *File) Source() ([]byte, error) {
	if err := errors.Join(f.errs...); err != nil {
		return nil, err
	}
	src := f.src
	if f.clean {
		var err error
		if src, err = format.Source(src); err != nil {
			return nil, err
		}
	}
	if f.crlf {
		src = bytes.ReplaceAll(src, []byte("\n"), []byte("\r\n"))
	}
	return src, nil
}

// Inserts returns what was put into the file, in the order in which it was.
func (f *File) Inserts() []Insert { return f.inserts }

// Imports returns what the added code imports, even if the file did before.
func (f *File) Imports() []Import { return f.imports }

// PlaceError says that there is no place for a text. Its message is for the person
// who adds it by hand.
type PlaceError struct {
	File string
	Why  string // what is not there
	Text string // what to add
}

// Error says what to add, and where.
func (e *PlaceError) Error() string {
	return fmt.Sprintf("%s %s. Add this there by hand, and run the command again for the rest:\n\n%s\n", e.File, e.Why, strings.Trim(e.Text, "\n"))
}

// missing notes that there is no place for the text, unless somebody has added it
// by hand, where no program could know.
func (f *File) missing(text, why string, args ...any) {
	if len(find(tokens(f.src), tokens([]byte(text)))) == 0 {
		f.noPlace(text, why, args...)
	}
}

func (f *File) noPlace(text, why string, args ...any) {
	f.errs = append(f.errs, &PlaceError{f.name, fmt.Sprintf(why, args...), text})
}

// Try makes edits, and reports whether they could be made. If not, that is no error
// of Source, and none of them is made.
func (f *File) Try(edit func()) bool {
	before, inserts, imports, errs := f.src, len(f.inserts), len(f.imports), len(f.errs)
	edit()
	if len(f.errs) == errs {
		return true
	}
	f.src, f.inserts, f.imports, f.errs = before, f.inserts[:inserts], f.imports[:imports], f.errs[:errs]
	_ = f.parse() // as it was before
	return false
}

// refuse notes that a text makes the file something that cannot be parsed.
func (f *File) refuse(text string, err error) {
	f.errs = append(f.errs, fmt.Errorf("%s cannot take this, because %w:\n\n%s", f.name, err, strings.Trim(text, "\n")+"\n"))
}

// insert puts the text at an offset.
func (f *File) insert(at int, scope, text string) {
	if f.put(at, at, text) {
		f.inserts = append(f.inserts, Insert{Scope: scope, Text: text, Nth: f.nth(scope, text, at)})
	}
}

// offset returns where a position is in the source.
func (f *File) offset(p token.Pos) int { return f.fset.PositionFor(p, false).Offset }

// text returns the source of a node.
func (f *File) text(n ast.Node) string { return string(f.src[f.offset(n.Pos()):f.offset(n.End())]) }
