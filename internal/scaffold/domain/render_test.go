package domain_test

import (
	"bytes"
	"fmt"
	"go/format"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/dao"
	"github.com/terem-go/terem/internal/scaffold/domain"
)

// cases are the domains whose files are golden.
var cases = map[string]domain.Options{
	"owner": {Name: "orders", SoftDelete: true, Fields: []string{
		"title:string", "total:decimal", "status:enum(new,paid)", "user:ref(users,owner)"}},
	"pages": {Name: "orders", App: "shop", Pages: true, Fields: []string{
		"title:string", "total:decimal", "status:enum(new,paid)", "note:text?", "paid_at:time?", "meta:json", "rest:json", "product:ref(products)", "user:ref(users,owner)"}},
	"pages_plain": {Name: "news", App: "shop", Pages: true, Fields: []string{"label:string?", "hidden:bool"}},
	"itself":      {Name: "folders", App: "shop", Pages: true, Fields: []string{"name:string(40)!", "size:int!", "opened:date!", "kind:enum(open,shut)", "product:ref(products)", "parent:ref(folders)?"}},
	"itself_only": {Name: "places", Fields: []string{"label:text", "within:ref(places)?"}},
	"plain":       {Name: "product_categories", Fields: []string{"name:string(40)!", "note:text?"}},
	"everything": {Name: "addresses", SoftDelete: true, Fields: []string{
		"street:string(40)!", "note:text?", "rooms:int", "number:int!", "area:float?", "lived_in:bool", "rent:decimal(10,3)?", "fee:decimal!",
		"built_at:time", "sold_at:time?", "opened:date", "closed:date?", "listed:date!", "rest:duration", "token:uuid", "code:uuid!", "meta:json", "kind:enum(house,flat-share)", "state:enum(good,bad)?",
		"landlord:ref(users,owner)", "product:ref(products)", "backup:ref(products)?", "agent_id:ref(users)?", "size:string?"}},
}

func TestFilesAreGolden(t *testing.T) {
	t.Parallel()
	for name, o := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files, err := create(t, o).Files()
			if err != nil {
				t.Fatal(err)
			}
			var got strings.Builder
			for _, f := range files {
				fmt.Fprintf(&got, "-- %s --\n%s", f.Path, f.Data)
				if filepath.Ext(f.Path) != ".go" {
					continue
				}
				formatted, err := format.Source(f.Data)
				if err != nil || !bytes.Equal(formatted, f.Data) {
					t.Errorf("%s is not gofmt-clean: %v", f.Path, err)
				}
				if _, err := parser.ParseFile(token.NewFileSet(), f.Path, f.Data, parser.DeclarationErrors); err != nil {
					t.Error(err)
				}
				if bytes.Contains(f.Data, []byte("\n\n\n")) {
					t.Errorf("%s has two empty lines together", f.Path)
				}
			}
			golden := filepath.Join("testdata", name+".txt")
			if *update {
				if err := os.WriteFile(golden, []byte(got.String()), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got.String()); diff != "" {
				t.Errorf("%s (-want +got); if this is meant, run: go test ./internal/scaffold/domain -run TestFilesAreGolden -update\n%s", golden, diff)
			}
		})
	}
}

// A row that others refer to is made several times: what an index makes unique
// differs, too.
func TestFixturesDiffer(t *testing.T) {
	t.Parallel()
	list := models(t)
	for _, m := range list {
		if m.Table == "products" {
			m.Columns[1].Unique = false
			m.Indexes = append(m.Indexes, dao.Index{Name: "products_sku_key", Columns: []string{"sku"}, Unique: true, Where: "deleted_at IS NULL"})
		}
	}
	d, err := domain.New(domain.Options{Name: "orders", Module: "shop", Fields: []string{"title:string", "product:ref(products)"}}, list)
	if err != nil {
		t.Fatal(err)
	}
	files, err := d.Files()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if strings.HasSuffix(f.Path, "orders_test.go") && !bytes.Contains(f.Data, []byte("row.SKU = fmt.Sprint(next.Add(1))")) {
			t.Errorf("the products of its tests do not differ:\n%s", f.Data)
		}
	}
}
