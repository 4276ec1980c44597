package addition_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/internal/change"
	"github.com/terem-go/terem/internal/scaffold/addition"
)

var update = flag.Bool("update", false, "write the golden files")

var (
	owned   = []string{"title:string", "total:decimal", "user:ref(users,owner)"}
	unowned = []string{"title:string", "total:decimal"}
)

// additions are golden as terem prints them with --dry-run.
var additions = map[string]struct {
	fields []string // of the domain orders
	add    func(s *change.Set) error
}{
	"field_text": {owned, func(s *change.Set) error {
		_, err := addition.Field(s, "orders", "note:text?", addition.FieldOptions{})
		return err
	}},
	"field_enum": {unowned, func(s *change.Set) error {
		_, err := addition.Field(s, "orders", "status:enum(new,paid)", addition.FieldOptions{Fills: []string{"orders.status:'new'"}})
		return err
	}},
	"field_json": {unowned, func(s *change.Set) error {
		_, err := addition.Field(s, "orders", "meta:json", addition.FieldOptions{Fills: []string{"orders.meta:'{}'"}})
		return err
	}},
	"field_users": {nil, func(s *change.Set) error {
		_, err := addition.Field(s, "users", "nick:string(40)?", addition.FieldOptions{})
		return err
	}},
	"route_owned":   {owned, route("POST", "/{id}/refund", addition.RouteOptions{})},
	"route_unowned": {unowned, route("POST", "/{id}/refund", addition.RouteOptions{})},
	"route_reads":   {unowned, route("GET", "/{id}/summary", addition.RouteOptions{})},
	"route_db":      {owned, route("PUT", "/orders/{id}/lines/{line}", addition.RouteOptions{Session: addition.Database, Policy: "users.Superuser"})},
	"route_need":    {owned, route("POST", "/{id}/refund", addition.RouteOptions{Policy: `users.Need("orders.refund")`})},
	"route_no_row":  {owned, route("POST", "/import-all", addition.RouteOptions{Policy: "api.Public"})},
	"route_archive": {owned, route("POST", "/archive/{id}", addition.RouteOptions{Session: addition.Reads, Name: "archived"})},
	"route_users": {nil, func(s *change.Set) error {
		_, err := addition.Route(s, "users", "POST", "/{id}/ban", addition.RouteOptions{})
		return err
	}},
	"dependency": {owned, func(s *change.Set) error {
		_, err := addition.Dependency(s, "orders", "current_cart")
		return err
	}},
	"dependency_users": {nil, func(s *change.Set) error {
		_, err := addition.Dependency(s, "users", "RecentLogins")
		return err
	}},
}

func route(method, path string, o addition.RouteOptions) func(s *change.Set) error {
	return func(s *change.Set) error {
		_, err := addition.Route(s, "orders", method, path, o)
		return err
	}
}

func TestAdditionsAreGolden(t *testing.T) {
	t.Parallel()
	shops := map[string]string{}
	for name, c := range additions {
		key := strings.Join(c.fields, " ")
		if shops[key] == "" {
			shops[key] = shop(t, c.fields...)
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t, shops[key])
			if err := c.add(s); err != nil {
				t.Fatal(err)
			}
			var got strings.Builder
			if err := s.Print(&got); err != nil {
				t.Fatal(err)
			}
			for _, c := range s.Changes() {
				if c.Old == nil && filepath.Ext(c.Path) == ".go" {
					got.WriteString("-- " + c.Path + " --\n" + string(c.New))
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
				t.Errorf("%s (-want +got); if this is meant, run: go test ./internal/scaffold/addition -run TestAdditionsAreGolden -update\n%s", golden, diff)
			}
		})
	}
}
