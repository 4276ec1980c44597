package scaffold

import (
	"crypto/rand"
	"embed"
	"encoding/hex"
	"go/format"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// The template is an application: it is compiled, vetted and tested with the
// library. Its files are named one by one, so that a .env or a database of
// somebody who runs it in place is not among them.
//
//go:embed app/*.go app/*.md app/dot-* app/deploy app/migrations app/pages app/services app/static app/tasks app/users app/utils
var template embed.FS

// templatePath is the template's import path.
const templatePath = libraryPath + "/internal/scaffold/app"

// sqliteURL is the template's default of DATABASE_URL.
const sqliteURL = "sqlite:appname.db"

// File is a file of a new application.
type File struct {
	Path  string // relative to the application's folder, with slashes
	Data  []byte
	Local bool // holds a secret: readable by its owner only, and not committed
}

// Render returns the files of an application in the order of their paths, but
// for its go.mod.
func Render(a Answers) ([]File, error) {
	replacer := strings.NewReplacer(a.replacements()...)
	var files []File
	err := fs.WalkDir(template, "app", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := template.ReadFile(p)
		if err != nil {
			return err
		}
		f := File{Path: destination(replacer.Replace(p))}
		if path.Ext(p) == ".go" {
			f.Data, err = format.Source([]byte(replacer.Replace(ownImportsLast(string(text)))))
		} else {
			f.Data = []byte(replacer.Replace(string(text)))
		}
		files = append(files, f)
		return err
	})
	files = append(files, a.dotenv())
	sortFiles(files)
	return files, err
}

func sortFiles(files []File) {
	slices.SortFunc(files, func(x, y File) int { return strings.Compare(x.Path, y.Path) })
}

// replacements are pairs of a text of the template and what stands for it in
// the application. Where two begin at one place, the first counts.
func (a Answers) replacements() []string {
	return []string{
		templatePath, a.Module,
		sqliteURL, a.databaseURL(),
		"appname", a.Name,
		"Appname", strings.ToUpper(a.Name[:1]) + a.Name[1:],
	}
}

// databaseURL is the application's default of DATABASE_URL.
func (a Answers) databaseURL() string {
	if a.Database == Postgres {
		return "postgres://postgres@127.0.0.1:5432/" + a.Name
	}
	return "sqlite:" + a.Name + ".db"
}

// destination is a template's path in the application. Files whose names would mean
// something in this repository are stored as dot-NAME.
func destination(p string) string {
	dir, base := path.Split(strings.TrimPrefix(p, "app/"))
	if name, ok := strings.CutPrefix(base, "dot-"); ok {
		base = "." + name
	}
	return dir + base
}

// ownImportsLast gives the template's own packages a group of their own behind
// the other imports of a Go file, because in an application their path can sort
// anywhere.
func ownImportsLast(src string) string {
	const begin, end = "\nimport (\n", "\n)\n"
	head, rest, found := strings.Cut(src, begin)
	imports, body, closed := strings.Cut(rest, end)
	if !found || !closed {
		return src
	}
	var others, own strings.Builder
	for line := range strings.Lines(imports + "\n") {
		if strings.Contains(line, `"`+templatePath+"/") {
			own.WriteString(line)
		} else {
			others.WriteString(line)
		}
	}
	return head + begin + others.String() + "\n" + own.String() + end + body
}

// dotenv is the .env of the developer who creates the application.
func (a Answers) dotenv() File {
	var key [32]byte
	_, _ = rand.Read(key[:]) // never fails
	text := "# Settings of this machine, not committed. .env.example lists them all.\nSECRET_KEY=" + hex.EncodeToString(key[:]) + "\n"
	if a.Database == Postgres {
		text += "DATABASE_URL=" + a.databaseURL() + "\n"
	}
	return File{Path: ".env", Data: []byte(text), Local: true}
}
