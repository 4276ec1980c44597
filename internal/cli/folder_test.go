package cli_test

import (
	"path/filepath"
	"strings"
	"testing"
)

// A folder inside an application stands for the application.
func TestInsideAnApplication(t *testing.T) {
	t.Parallel()
	dir := shop(t)
	inside := filepath.Join(dir, "pages", "templates")
	if out := must(t, inside, nil, program(t), "tables"); !strings.Contains(out, "users/models.go:") {
		t.Errorf("tables printed\n%s", out)
	}
	must(t, inside, nil, program(t), "add", "field", "users", "nick:string?", "--dir", ".")
	if text := application(t, dir)["users/models.go"]; !strings.Contains(text, "Nick") {
		t.Errorf("the field is not in users/models.go:\n%s", text)
	}
}

// Without an application around it a folder stands for itself.
func TestOutsideOfApplications(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(wrong(t), "orders")
	if out := must(t, dir, nil, program(t), "map", "--json"); !strings.Contains(out, `"module": "example.com/shop/orders"`) {
		t.Errorf("map printed\n%s", out)
	}
}

// What somebody has put beside the files of a domain stays, and is named.
func TestRemoveDomainLeaves(t *testing.T) {
	t.Parallel()
	dir := shop(t)
	succeeds(t, "add", "domain", "order_items", "title:string", "--dir", dir)
	write(t, filepath.Join(dir, "orderitems", "notes.txt"), "mine")
	out := succeeds(t, "remove", "domain", "order_items", "--dir", dir)
	if want := "Left in place, because terem has not written it: orderitems/notes.txt\n"; !strings.Contains(out, want) {
		t.Errorf("printed\n%swithout\n%s", out, want)
	}
}
