package goedit_test

import (
	"errors"
	"flag"
	"fmt"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/internal/goedit"
)

var update = flag.Bool("update", false, "write the golden files")

// edits are made on the first part of testdata/edits/NAME.txt and give the second:
// source, or what is wrong.
var edits = map[string]func(f *goedit.File){
	"field": func(f *goedit.File) {
		f.AddField("Order", "Note *string `db:\"note\"`", goedit.Before("CreatedAt", "UpdatedAt"))
		f.AddField("OrderCreate.Body", "Note *string `json:\"note,omitempty\"`", goedit.Last)
		f.AddField("OrderRead", "Note *string `json:\"note\"`", goedit.After("Title"))
		f.AddField("Empty", "A int", goedit.Last)
		f.AddField("Open", "A int", goedit.Last)
		f.AddField("Pair", "C V", goedit.Last)
	},
	"field_line": func(f *goedit.File) {
		f.AddField("One", "B int", goedit.Last)
		f.AddField("Two", "C int", goedit.Before("B"))
		f.AddField("Three", "C int", goedit.After("A"))
	},
	"statement": func(f *goedit.File) {
		f.AddStatement("Router.Routes", "api.Post(r, \"/orders/{id}/refund\", rt.refund, Required)", goedit.Last)
		f.AddStatement("assemble", "orders, err := orders.New()\nif err != nil {\n\treturn nil, err\n}", goedit.Before("a := app.New("))
		f.AddStatement("assemble", "a.Command()", goedit.Last)
		f.AddStatement("empty", "work()", goedit.Last)
		f.AddStatement("open", "work()", goedit.Last)
		f.AddStatement("Stack.Push", "s.work()", goedit.After("s.items ="))
	},
	"statement_line": func(f *goedit.File) {
		f.AddStatement("raw", "work()", goedit.After("x :="))
		f.AddStatement("raw", "work(2)", goedit.Before("print"))
		f.AddStatement("one", "work()", goedit.Last)
	},
	"argument": func(f *goedit.File) {
		f.AddArgument("assemble", "a.Register", "o")
		f.AddArgument("assemble", "none", "o")
		f.AddArgument("assemble", "long", "o")
		f.AddArgument("table", "one", "2")
	},
	"string": func(f *goedit.File) {
		f.AddToString("OrderFilter", "-created_at", ",note,-note")
		f.AddToString("OrderFilter", "-created_at", ",not")
		f.AddToString("sorts", "-created_at", ",note,-note")
	},
	"replace": func(f *goedit.File) {
		f.Replace("Repository.Change", "return r.Update(ctx, x, row, columns...)", "return taken(r.Update(ctx, x, row, columns...))")
		f.Replace("body", "()", "(t *testing.T, d *db.DB)")
		f.ReplaceAll("first()", "first(first(), 1)")
		f.ReplaceAll("nothing()", "x")
	},
	"argument_option": func(f *goedit.File) {
		f.AddArgument("Router.Routes", `api.Patch(r, "/orders/{id}", rt.update`, "api.Fails(ErrNotFound)")
		f.AddArgument("Router.Routes", `api.Patch(r, "/orders/{id}", rt.update > api.Fails`, "ErrTaken")
	},
	"string_gone": func(f *goedit.File) {
		f.AddToString("OrderFilter", "-created_at", ",note,-note")
		f.Replace("f", "x()", "y()")
		f.AddArgument("f", "api.Patch(r", "z")
	},
	"element": func(f *goedit.File) {
		f.AddElement("newOrderRead", "OrderRead", "Note: o.Note", goedit.Before("CreatedAt"))
		f.AddElement("newLines", "OrderRead", "Note: o.Note", goedit.Before("CreatedAt"))
		f.AddElement("newShort", "OrderRead", "Note: o.Note", goedit.Before("CreatedAt"))
		f.AddElement("names", "[]string", `"note"`, goedit.Last)
		f.AddElement("none", "[]string", `"note"`, goedit.Last)
	},
	"decl": func(f *goedit.File) {
		f.AddDecl("// refund pays an order back.\nfunc (rt *Router) refund() error { return nil }", goedit.Last)
		f.AddDecl("func (o *Order) paid() bool { return true }", goedit.Last)
		f.AddDecl("// Refund asks for money.\ntype Refund struct {\n\tID int64\n}", goedit.After("Order"))
		f.AddDecl("type Second struct{}", goedit.Before("Grouped"))
		f.AddDecl("func last() {}", goedit.Last)
		f.AddDecl("var Late = 1", goedit.Last)
		f.AddDecl("type End int", goedit.End)
		if f.Try(func() { f.AddDecl("type Lost int", goedit.End); f.AddField("None", "A int", goedit.Last) }) {
			f.AddDecl("type Wrong int", goedit.End)
		}
	},
	"decl_line": func(f *goedit.File) {
		f.AddDecl("// Paid is an order's event.\ntype Paid struct{}", goedit.Last)
	},
	"spec": func(f *goedit.File) {
		f.AddSpec(token.VAR, `ErrPaid = errs.New(errs.Conflict, "orders.paid", "This order is paid.")`, goedit.Last)
		f.AddSpec(token.CONST, "D = 1 // a comment", goedit.Before("B"))
	},
	"directive_first": func(f *goedit.File) { f.AddDirective("//terem:uses users") },
	"directive_next": func(f *goedit.File) {
		f.AddDirective("//terem:uses users")
		f.AddDirective("//terem:uses carts")
	},
	"directive_block": func(f *goedit.File) { f.AddDirective("//terem:uses users") },
	"directive_alone": func(f *goedit.File) { f.AddDirective("//terem:uses users") },
	"import": func(f *goedit.File) {
		for _, p := range []string{"time", "errors", "example.com/shop/users", "github.com/terem-go/terem/db", "example.com/shop/carts", "context"} {
			f.AddImport(p)
		}
	},
	"import_groups": func(f *goedit.File) {
		f.AddImport("strings")
		f.AddImport("example.com/shop/users")
	},
	"import_first":   func(f *goedit.File) { f.AddImport("strings") },
	"import_single":  func(f *goedit.File) { f.AddImport("context") },
	"import_own":     func(f *goedit.File) { f.AddImport("example.com/shop/users") },
	"import_none":    func(f *goedit.File) { f.AddImport("time") },
	"import_cgo":     func(f *goedit.File) { f.AddImport("time") },
	"import_name":    func(f *goedit.File) { f.AddNamedImport("ev", "example.com/shop/events"); f.AddImport("time") },
	"import_clash":   func(f *goedit.File) { f.AddImport("github.com/terem-go/terem/errs") },
	"import_renamed": func(f *goedit.File) { f.AddImport("example.com/shop/users") },
	"unformatted": func(f *goedit.File) {
		f.AddImport("time")
		f.AddField("A", "At time.Time", goedit.Last)
		f.AddStatement("f", "work()", goedit.Last)
	},
	"tags": func(f *goedit.File) {
		f.AddImport("time")
		f.AddField("A", "At time.Time `json:\"at\"`", goedit.Before("B"))
	},
	"signature": func(f *goedit.File) {
		f.AddSignature("Users", "Known(id int64) bool", goedit.After("Balance"))
		f.AddSignature("Users", "Name(id int64) string", goedit.Last)
	},
	"signature_gone": func(f *goedit.File) {
		f.AddSignature("NotOne", "Name() string", goedit.Last)
		f.AddSignature("Nowhere", "Name() string", goedit.Last)
	},
	"gone": func(f *goedit.File) {
		f.AddField("OrderRead", "Note *string `json:\"note\"`", goedit.Last)
		f.AddStatement("Router.Routes", "api.Post(r, \"/orders/{id}/refund\", rt.refund)", goedit.Last)
		f.AddElement("newOrderRead", "OrderRead", "Note: o.Note", goedit.Last)
		f.AddArgument("assemble", "a.Register", "o")
		f.AddSpec(token.VAR, "ErrPaid = errs.New()", goedit.Last)
	},
	"spread": func(f *goedit.File) { f.AddArgument("assemble", "a.Register", "o") },
	"done_by_hand": func(f *goedit.File) {
		f.AddStatement("Router.Routes", "api.Post(r, \"/orders/{id}/refund\", rt.refund)", goedit.Last)
		f.AddArgument("assemble", "a.Register", "o")
		f.AddElement("newOrderRead", "OrderRead", "Note: o.Note", goedit.Last)
	},
	"bad_text": func(f *goedit.File) { f.AddField("Order", "Note *string `json:", goedit.Last) },
}

func TestEdits(t *testing.T) {
	t.Parallel()
	for name, edit := range edits {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			golden := filepath.Join("testdata", "edits", name+".txt")
			before, want := pair(t, golden)
			f := parse(t, before)
			edit(f)
			after, err := f.Source()
			got := string(after)
			if err != nil {
				got = "error: " + err.Error()
			}
			if *update {
				if err := os.WriteFile(golden, []byte(before+separator+got), 0o666); err != nil {
					t.Fatal(err)
				}
				want = got
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("%s (-want +got); if this is meant, run: go test ./internal/goedit -run TestEdits -update\n%s", golden, diff)
			}
			if err != nil {
				return
			}
			back, err := undo(got, f)
			if err != nil {
				t.Fatal(err)
			}
			if strings.HasSuffix(name, "_line") || name == "unformatted" { // one line has become many
				before, back = strings.Join(strings.Fields(before), ""), strings.Join(strings.Fields(back), "")
				before, back = strings.ReplaceAll(before, ";", ""), strings.ReplaceAll(back, ";", "")
			}
			if diff := cmp.Diff(before, back); diff != "" {
				t.Errorf("taken back, it is not as before (-before +back):\n%s", diff)
			}
		})
	}
}

const separator = "\n======== becomes ========\n"

// pair returns the two parts of a golden file.
func pair(t *testing.T, golden string) (before, after string) {
	t.Helper()
	text, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	before, after, _ = strings.Cut(string(text), separator)
	return before, after
}

func parse(t *testing.T, src string) *goedit.File {
	t.Helper()
	f, err := goedit.Parse("orders/x.go", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	f.Module = "example.com/shop"
	return f
}

// undo takes back what was added to a file.
func undo(src string, added *goedit.File) (string, error) {
	f, err := goedit.Parse("orders/x.go", []byte(src))
	if err != nil {
		return "", err
	}
	for _, in := range slices.Backward(added.Inserts()) {
		if err := f.Remove(in); err != nil {
			return "", err
		}
	}
	for _, im := range slices.Backward(added.Imports()) {
		f.DropImport(im)
	}
	back, err := f.Source()
	return string(back), err
}

// Lines end in CRLF afterwards where they did before.
func TestCRLF(t *testing.T) {
	t.Parallel()
	for name, edit := range edits {
		before, want := pair(t, filepath.Join("testdata", "edits", name+".txt"))
		if !strings.Contains(before, "\n") {
			continue
		}
		crlf := strings.ReplaceAll(before, "\n", "\r\n")
		f := parse(t, crlf)
		edit(f)
		if after, err := f.Source(); err == nil && string(after) != strings.ReplaceAll(want, "\n", "\r\n") {
			t.Errorf("%s with CRLF becomes\n%s", name, after)
		}
	}
}

// What was added stays removable while other things are added and removed beside
// it, in any order.
func TestInterleaved(t *testing.T) {
	t.Parallel()
	before, _ := pair(t, filepath.Join("testdata", "edits", "interleaved.txt"))
	add := func(f *goedit.File, n int) {
		name := string(rune('P' + n))
		f.AddImport("example.com/shop/" + strings.ToLower(name))
		f.AddField("Order", fmt.Sprintf("%s *%s.T `db:%q`", name, strings.ToLower(name), name), goedit.Before("CreatedAt"))
		f.AddStatement("assemble", fmt.Sprintf("%s := %s.New()", name, strings.ToLower(name)), goedit.Before("a := app.New("))
		f.AddArgument("assemble", "a.Register", name)
		f.AddElement("newOrderRead", "OrderRead", name+": o."+name, goedit.Before("CreatedAt"))
		f.AddDecl("// "+name+" is one.\ntype "+name+" struct{}", goedit.Last)
		f.AddDecl("func (o *Order) is"+name+"() bool { return true }", goedit.Last)
		f.AddDirective("//terem:uses " + name)
		f.AddToString("Order", "sort", ","+strings.ToLower(name))
	}
	for _, order := range [][]int{{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}} {
		src := before
		var added []*goedit.File
		for n := range 3 {
			f := parse(t, src)
			add(f, n)
			after, err := f.Source()
			if err != nil {
				t.Fatal(err)
			}
			src = string(after)
			added = append(added, f)
		}
		for _, n := range order {
			back, err := undo(src, added[n])
			if err != nil {
				t.Fatal(order, n, err)
			}
			src = back
		}
		if diff := cmp.Diff(before, src); diff != "" {
			t.Errorf("taken back in the order %v (-before +back):\n%s", order, diff)
		}
	}
}

func TestRemoveRefuses(t *testing.T) {
	t.Parallel()
	const src = "package orders\n\ntype Order struct {\n\tID int64 `db:\"id,pk\"`\n}\n\nfunc f() {}\n"
	f := parse(t, src)
	f.AddField("Order", "Note *string `db:\"note\"`", goedit.Last)
	after, err := f.Source()
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ old, new, want string }{
		"another type": {"Note *string", "Note string", "orders/x.go:3: in Order this is no longer as it was written:\n\n\tNote *string `db:\"note\"`\n"},
		"a comment":    {"`db:\"note\"`", "`db:\"note\"` // mind", "orders/x.go:3: in Order this is no longer as it was written:\n\n\tNote *string `db:\"note\"`\n"},
		"another name": {"Order", "Bill", "orders/x.go: Order is gone, and in it this is no longer as it was written:\n\n\tNote *string `db:\"note\"`\n"},
		"white space":  {"*string", "   *string\t", ""},
	} {
		changed := strings.Replace(string(after), c.old, c.new, 1)
		if changed == string(after) {
			t.Fatalf("nothing like %q in\n%s", c.old, after)
		}
		_, err := undo(changed, f)
		if c.want == "" {
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		var gone *goedit.ChangedError
		if !errors.As(err, &gone) || strings.ReplaceAll(err.Error(), "\t", "") != strings.ReplaceAll(c.want, "\t", "") {
			t.Errorf("%s: %v\nwant %s", name, err, c.want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	_, err := goedit.Parse("orders/x.go", []byte("package orders\n\nfunc f( {\n"))
	const want = "orders/x.go is not Go that can be read: orders/x.go:3:9: "
	if err == nil || !strings.HasPrefix(err.Error(), want) || !strings.HasSuffix(err.Error(), ". Correct that first") {
		t.Errorf("%v, want %s", err, want)
	}
}
