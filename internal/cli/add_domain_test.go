package cli_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// golden compares a text with a file of testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name+".golden")
	if *update {
		write(t, file, got)
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got); if this is meant, run: go test ./internal/cli -run %s -update\n%s", file, t.Name(), diff)
	}
}

// sums are those of files in the manifest, which are no news.
var sums = regexp.MustCompile(`"[0-9a-f]{64}"`)

func TestAddDomain(t *testing.T) {
	t.Parallel()
	dir := shop(t)
	before := migrations(t, dir)
	args := []string{"domain", "orders", "title:string", "total:decimal", "status:enum(new,paid)", "user:ref(users,owner)", "--soft-delete", "--dir=" + dir}
	status, out, complaint := terem(t, append(append([]string{"add"}, args...), "--dry-run")...)
	if status != 0 || complaint != "" {
		t.Fatalf("status %d, on standard error %q", status, complaint)
	}
	golden(t, "add-domain-dry-run", sums.ReplaceAllString(out, `"…"`))
	if diff := cmp.Diff(before, migrations(t, dir)); diff != "" {
		t.Errorf("the dry run has written:\n%s", diff)
	}
	status, out, complaint = terem(t, append([]string{"add"}, args...)...)
	if status != 0 || complaint != "" {
		t.Fatalf("status %d, on standard error %q", status, complaint)
	}
	golden(t, "add-domain", out)
	status, out, complaint = terem(t, "remove", "domain", "orders", "--dir="+dir, "--dry-run")
	if status != 0 || complaint != "" {
		t.Fatalf("status %d, on standard error %q", status, complaint)
	}
	golden(t, "remove-domain-dry-run", sums.ReplaceAllString(out, `"…"`))
	status, out, complaint = terem(t, "remove", "domain", "orders", "--dir="+dir)
	if status != 0 || complaint != "" {
		t.Fatalf("status %d, on standard error %q", status, complaint)
	}
	golden(t, "remove-domain", out)
	if diff := cmp.Diff(before, migrations(t, dir)); diff != "" {
		t.Errorf("the migrations differ (-before +after):\n%s", diff)
	}
}

func TestAddDomainRefuses(t *testing.T) {
	t.Parallel()
	dir := shop(t)
	for name, c := range map[string]struct {
		args   []string
		status int
		want   string
	}{
		"no application": {[]string{"add", "domain", "orders", "title:string", "--dir=" + t.TempDir()}, 1, "is no application that terem new made"},
		"a field":        {[]string{"add", "domain", "orders", "title", "--dir=" + dir}, 1, `error: nothing was changed: "title" is not a field`},
		"both":           {[]string{"add", "domain", "orders", "title:string", "--api", "--pages", "--dir=" + dir}, 2, "--api and --pages can't be used together"},
		"no name":        {[]string{"add", "domain"}, 2, "expected \"<name>"},
		"unknown":        {[]string{"remove", "domain", "orders", "--dir=" + dir}, 1, "error: nothing was changed: terem add has written no domain orders"},
	} {
		status, _, complaint := terem(t, c.args...)
		if status != c.status || !strings.Contains(complaint, c.want) {
			t.Errorf("%s: status %d, %q; want %d, %q", name, status, complaint, c.status, c.want)
		}
	}
}

// Domains that were added pass their own checks, on both databases, also when
// every session conflicts.
func TestDomainsPassTheirOwnChecks(t *testing.T) {
	slow(t)
	dir := filepath.Join(t.TempDir(), "shop")
	create(t, dir)
	before := migrations(t, dir)
	add := func(args ...string) {
		t.Helper()
		must(t, dir, nil, program(t), append([]string{"add", "domain"}, args...)...)
	}
	add("products", "--pages", "name:string(40)!", "price:decimal!", "kind:enum(book,pen)", "note:text?", "made_at:time", "made_on:date", "sold_on:date?", "batch:date!")
	add("orders", "--soft-delete", "--pages", "title:string", "number:int!", "count:int?", "weight:float", "gift:bool", "total:decimal(10,3)?", "due_at:time?",
		"rest:duration", "code:uuid!", "token:uuid?", "meta:json", "status:enum(new,paid)", "channel:enum(web,e-mail)?",
		"user:ref(users,owner)", "product:ref(products)", "spare:ref(products)?", "after:ref(orders)?")
	if out := must(t, dir, nil, "gofmt", "-l", "."); out != "" {
		t.Errorf("not gofmt-clean:\n%s", out)
	}
	must(t, dir, offline(), "go", "vet", "./...")
	must(t, dir, offline(), "go", "test", ".")
	bin := t.TempDir() + "/" // linked once for both runs
	must(t, dir, offline(), "go", "test", "-c", "-o", bin, "./products", "./orders", "./pages")
	for _, domain := range []string{"products", "orders", "pages"} {
		must(t, filepath.Join(dir, domain), nil, bin+domain+".test")
		must(t, filepath.Join(dir, domain), offline("TEREM_TEST_RETRY=all"), bin+domain+".test")
	}
	if out := must(t, dir, nil, program(t), "migrate", "lint"); !strings.Contains(out, "nothing found") {
		t.Errorf("lint says\n%s", out)
	}
	must(t, dir, nil, program(t), "remove", "domain", "orders")
	must(t, dir, nil, program(t), "remove", "domain", "products")
	must(t, dir, offline(), "go", "vet", "./...")
	if diff := cmp.Diff(before, migrations(t, dir)); diff != "" {
		t.Errorf("the migrations differ (-before +after):\n%s", diff)
	}
}
