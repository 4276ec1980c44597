package parts

import (
	"fmt"
	"go/token"
	"regexp"
	"slices"
	"strings"

	"github.com/terem-go/terem/internal/application"
	"github.com/terem-go/terem/internal/scaffold/domain"
)

var (
	packageForm = regexp.MustCompile(`^[a-z][a-z0-9]*$`)
	typeForm    = regexp.MustCompile(`^[A-Z][A-Za-z0-9]*$`)
)

// checkPackage refuses names that a part's folder and package cannot have.
func checkPackage(part, name string) error {
	switch {
	case !packageForm.MatchString(name):
		return fmt.Errorf("%q cannot be the name of a %s, which is its package too: take lower-case letters and digits, such as checkout", name, part)
	case domain.CheckName(name) != nil:
		return fmt.Errorf("%q cannot be the name of a %s: it is too short, or Go, the template or the library uses it for something else. Take another one, such as checkout", name, part)
	}
	return nil
}

// systems are what names of Go files end in that are for some systems only.
var systems = strings.Fields(`aix android darwin dragonfly freebsd illumos ios js linux netbsd openbsd plan9 solaris wasip1 windows
	386 amd64 arm arm64 loong64 mips mips64 mips64le mipsle ppc64 ppc64le riscv64 s390x wasm`)

// checkFile refuses names of Go files that are not compiled everywhere, or with tests only.
func checkFile(name string) error {
	words := strings.Split(name, "_")
	if last := words[len(words)-1]; len(words) > 1 && (last == "test" || slices.Contains(systems, last)) {
		return fmt.Errorf("a file %s.go would be for tests or for one system only, because its name ends in _%s. Take another name", name, last)
	}
	return nil
}

// cutDomain takes orders.expire apart.
func cutDomain(part, name, example string, form *regexp.Regexp) (folder, rest string, err error) {
	folder, rest, _ = strings.Cut(name, ".")
	if !form.MatchString(rest) || token.IsKeyword(rest) {
		return "", "", fmt.Errorf("%q cannot be the name of %s: it is a domain, a point and what it is about, such as %s", name, part, example)
	}
	return folder, rest, nil
}

// named is a domain as templates name it.
type named struct {
	*application.Domain
	Title string // as an exported field has it: Orders
	Lower string // as an unexported field has it: orders
	Keys  []key
}

// key is a field of a primary key, as a parameter and as a field elsewhere.
type key struct {
	application.Key
	Title  string // OrderID
	Lower  string // orderID
	JSON   string // order_id
	Sample string // a value that no row has
}

func newNamed(d *application.Domain) named {
	title := domain.GoName(d.Name)
	if strings.EqualFold(title, d.Repository) { // OrderItems of orderitems
		title = d.Repository
	}
	n := named{Domain: d, Title: title, Lower: domain.Lower(title)}
	for _, k := range d.Keys {
		own := d.Row + k.Field
		n.Keys = append(n.Keys, key{k, own, domain.Lower(own), domain.Snake(own), sample(k)})
	}
	return n
}

// imports are the packages of keys' types.
func imports(keys []key) (list []string) {
	for _, k := range keys {
		for _, p := range k.Imports {
			if !slices.Contains(list, p) {
				list = append(list, p)
			}
		}
	}
	return list
}

// parameters are keys as those of a function in another package: orderID, userID int64.
func parameters(keys []key) string {
	var b strings.Builder
	for i, k := range keys {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(k.Lower)
		if i+1 == len(keys) || keys[i+1].Abroad != k.Abroad {
			b.WriteString(" " + k.Abroad)
		}
	}
	return b.String()
}

// sample returns a value of a key's type that no row has in a test.
func sample(k application.Key) string {
	switch {
	case k.Type == "string":
		return `"none"`
	case strings.HasPrefix(k.Type, "int"), strings.HasPrefix(k.Type, "uint"):
		return "1"
	case k.Type == "uuid.UUID":
		return "uuid.Nil"
	}
	return "*new(" + k.Abroad + ")"
}

// list joins words as text does: a, b and c.
func list(words []string) string {
	if n := len(words); n > 1 {
		return strings.Join(words[:n-1], ", ") + " and " + words[n-1]
	}
	return strings.Join(words, "")
}
