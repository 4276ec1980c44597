package addition_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/internal/change"
	"github.com/terem-go/terem/internal/goedit"
	"github.com/terem-go/terem/internal/scaffold/addition"
)

func field(text string, o addition.FieldOptions) func(s *change.Set) error {
	return func(s *change.Set) error {
		_, err := addition.Field(s, "orders", text, o)
		return err
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	unchanged := shop(t, owned...)
	for name, c := range map[string]struct {
		old, new string // in a file of the domain
		file     string
		add      func(s *change.Set) error
		want     string
	}{
		"no domain": {add: func(s *change.Set) error {
			_, err := addition.Field(s, "bills", "a:int?", addition.FieldOptions{})
			return err
		},
			want: "there is no domain bills: name the folder of one, such as users"},
		"a folder above": {add: func(s *change.Set) error { _, err := addition.Dependency(s, "../shop/orders", "a"); return err },
			want: "there is no domain ../shop/orders: name the folder of one, such as users"},
		"no domain but a folder": {add: func(s *change.Set) error {
			_, err := addition.Field(s, "utils", "a:int?", addition.FieldOptions{})
			return err
		},
			want: "utils is no domain: it has no domain.go"},
		"no field": {add: field("note", addition.FieldOptions{}), want: `"note" is not a field: expected NAME:TYPE, such as total:decimal, 'note:text?' or 'status:enum(new,paid)'`},
		"there":    {add: field("title:text?", addition.FieldOptions{}), want: "the field title:text?: Order has a field Title already"},
		"owner":    {add: field("boss:ref(users,owner)", addition.FieldOptions{}), want: "the field boss:ref(users,owner): an owner concerns every route of the domain: name it when the domain is made"},
		"unique": {add: field("code:string!", addition.FieldOptions{}),
			want: "the field code:string!: the rows that are there would all have the same value, and no two may: let it be NULL, by the mark \"?!\""},
		"unique without a method": {file: "repository.go", old: ") Change(", new: ") Modify(", add: field("code:string?!", addition.FieldOptions{}),
			want: "the field code:string?!: its error is returned by the repository's methods, and Repository has no method Change that writes some columns"},
		"a reference to itself": {add: field("parent:ref(orders)", addition.FieldOptions{}),
			want: "the field parent:ref(orders): the first row could refer to none: let it be NULL, with ?"},
		"a reference to nothing": {add: field("bill:ref(bills)?", addition.FieldOptions{}),
			want: "the field bill:ref(bills)?: there is no table or domain bills; there are the tables orders, users"},
		"no table":   {add: field("a:int?", addition.FieldOptions{Table: "users"}), want: "the domain orders has no table users; it has orders"},
		"needs fill": {add: field("a:int", addition.FieldOptions{}), want: "orders.a is new and may not be NULL, and rows that are there need a value: give the column a default (default:0 in its tag), let it be NULL (a pointer), or say the value, as SQL, for these rows: --fill orders.a:0"},
		"a name that is declared": {add: field("router:enum(a,b)?", addition.FieldOptions{}),
			want: "the field router:enum(a,b)?: it would declare Router, which orders/router.go declares: name the field otherwise"},
		"models without migration": {file: "models.go", old: "size:200", new: "size:100", add: field("a:int?", addition.FieldOptions{}),
			want: "the models have changed since the last migration, according to DIR/migrations/schema.json. Write that first: terem migrate new NAME"},
		"code that cannot be read": {file: "models.go", old: "struct {", new: "struct (", add: field("a:int?", addition.FieldOptions{}),
			want: "orders/models.go is not Go that can be read: orders/models.go:10:19: expected '{', found '('. Correct that first"},
		"no place for schemas": {file: "schemas.go", old: "newOrderRead(row", new: "readOrder(row", add: field("a:int?", addition.FieldOptions{}),
			want: "orders/schemas.go has no OrderRead{…} in newOrderRead. Add this there by hand, and run the command again for the rest:\n\nA: row.A,\n"},
		"no routes": {file: "router.go", old: ") Routes(", new: ") Register(", add: route("POST", "/{id}/refund", addition.RouteOptions{}),
			want: "the domain orders has no method Routes of a type Router, which registers routes: func (rt *Router) Routes(r *api.Router)"},
		"no method": {add: route("SEND", "/{id}/refund", addition.RouteOptions{}), want: "SEND is no method of a route: expected GET, POST, PUT, PATCH, DELETE"},
		"no path":   {add: route("POST", "refund", addition.RouteOptions{}), want: `the path "refund" is not one: expected it to begin with a slash, as in /{id}/refund`},
		"a bad parameter": {add: route("POST", "/{Order-ID}/refund", addition.RouteOptions{}),
			want: `the path /{Order-ID}/refund has a parameter "{Order-ID}": expected a name such as {id} or {line_id}`},
		"a GET that writes":     {add: route("GET", "/{id}/refund", addition.RouteOptions{Session: addition.Writes}), want: "a GET only reads: take POST, or --db for the rare one that must write"},
		"a route that is there": {add: route("PATCH", "/{id}", addition.RouteOptions{Name: "change"}), want: "orders/router.go:23 has the route PATCH /orders/{id} already"},
		"no name":               {add: route("PUT", "/{id}", addition.RouteOptions{}), want: "no name for the handler can be made from /orders/{id}: give one, such as --name refund"},
		"a keyword":             {add: route("POST", "/import", addition.RouteOptions{}), want: `"import" cannot be the name of a handler, since Go takes it for something else: give another one, such as --name refund`},
		"a handler":             {add: route("POST", "/{id}/get", addition.RouteOptions{}), want: "the domain orders has Router.get already, in router.go: give the handler another name with --name"},
		"a schema":              {add: route("POST", "/{id}/list", addition.RouteOptions{Name: "read"}), want: "the domain orders has OrderRead already, in schemas.go: give the handler another name with --name"},
		"no policy":             {add: route("POST", "/{id}/refund", addition.RouteOptions{Policy: "users.Admin"}), want: `there is no policy users.Admin: expected one such as users.Required, users.Need("orders.refund") or api.Public`},
		"no own policy":         {add: route("POST", "/{id}/refund", addition.RouteOptions{Policy: "Admin"}), want: `there is no policy Admin: expected one such as users.Required, users.Need("orders.refund") or api.Public`},
		"not a policy":          {add: route("POST", "/{id}/refund", addition.RouteOptions{Policy: "a b"}), want: `the policy a b is none: expected one such as users.Required, users.Need("orders.refund") or api.Public`},
		"no dependency":         {add: func(s *change.Set) error { _, err := addition.Dependency(s, "orders", "current-cart"); return err }, want: `"current-cart" is no name of a dependency: expected one such as current_cart or CurrentCart`},
		"a name of others": {add: func(s *change.Set) error { _, err := addition.Dependency(s, "orders", "order_read"); return err },
			want: "the domain orders declares OrderRead already, in orders/schemas.go: take another name"},
		"a field of the beginning": {add: func(s *change.Set) error {
			_, err := addition.Remove(t.Context(), s, addition.FieldVerb, "orders.title", addition.RemoveOptions{})
			return err
		}, want: "terem add domain has written orders.title, with the domain. Take it out of the model, the schemas and the tests by hand, and then: terem migrate new drop_orders_title --allow-drop"},
		"nothing to remove": {add: func(s *change.Set) error {
			_, err := addition.Remove(t.Context(), s, addition.FieldVerb, "orders.note", addition.RemoveOptions{})
			return err
		}, want: "terem add field has added no orders.note, as .terem/manifest.json has it. What was written by hand is removed by hand"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := unchanged
			if c.file != "" {
				dir = shop(t, owned...)
				replace(t, dir, "orders/"+c.file, c.old, c.new)
			}
			before := tree(t, dir)
			s := open(t, dir)
			err := c.add(s)
			if want := strings.ReplaceAll(c.want, "DIR", dir); err == nil || err.Error() != want {
				t.Errorf("%v\nwant: %s", err, want)
			}
			if diff := cmp.Diff(before, tree(t, dir)); diff != "" {
				t.Errorf("something was changed:\n%s", diff)
			}
		})
	}
}

// What the message of a refusal says is added by hand, and then the command does the
// rest.
func TestByHandAndAgain(t *testing.T) {
	t.Parallel()
	dir := shop(t, owned...)
	replace(t, dir, "orders/schemas.go", "func newOrderRead(row *Order) OrderRead {", "func newOrderRead(row *Order) OrderRead { return readOrder(row) }\n\nfunc readOrder(row *Order) OrderRead {")
	add := field("note:text?", addition.FieldOptions{})
	var missing *goedit.PlaceError
	if err := add(open(t, dir)); !errors.As(err, &missing) || missing.Text != "Note: row.Note," {
		t.Fatalf("%v", err)
	}
	replace(t, dir, "orders/schemas.go", "\t\tUpdatedAt: row.UpdatedAt,\n", "\t\tUpdatedAt: row.UpdatedAt,\n\t\t"+missing.Text+"\n")
	s := open(t, dir)
	if err := add(s); err != nil {
		t.Fatal(err)
	}
	if err := addition.Check(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	apply(t, s)
	if n := strings.Count(read(t, dir, "orders/schemas.go"), "row.Note,"); n != 2 {
		t.Errorf("the field is assigned %d times, want once from the row and once to it:\n%s", n, read(t, dir, "orders/schemas.go"))
	}
}

func replace(t *testing.T, dir, name, old, new string) {
	t.Helper()
	text := read(t, dir, name)
	if !strings.Contains(text, old) {
		t.Fatalf("%s has no %q", name, old)
	}
	if err := os.WriteFile(filepath.Join(dir, name), []byte(strings.Replace(text, old, new, 1)), 0o666); err != nil {
		t.Fatal(err)
	}
}

// What is used cannot be taken back, and what was changed by hand only with force.
func TestRemoveRefuses(t *testing.T) {
	t.Parallel()
	dir := shop(t, owned...)
	for _, add := range []func(s *change.Set) error{
		field("note:text?", addition.FieldOptions{}),
		route("POST", "/{id}/refund", addition.RouteOptions{}),
	} {
		s := open(t, dir)
		if err := add(s); err != nil {
			t.Fatal(err)
		}
		apply(t, s)
	}
	remove := func(verb, name string, o addition.RemoveOptions) error {
		_, err := addition.Remove(t.Context(), open(t, dir), verb, name, o)
		return err
	}
	replace(t, dir, "orders/router.go", "// refund returns an order.", "// refund pays an order back.")
	replace(t, dir, "orders/router.go", "func (rt *Router) create(", "func hint(o *Order, in *OrderRefund) *string { return o.Note }\n\nfunc (rt *Router) create(")
	for _, c := range []struct {
		verb, name string
		force      bool
		want       string
	}{
		{addition.FieldVerb, "orders.note", false, "this would not compile any more:\n  orders/router.go:37:57: o.Note undefined (type *Order has no field or method Note)\nChange that first"},
		{addition.FieldVerb, "orders.nothing", false, "terem add field has added no orders.nothing, as .terem/manifest.json has it; it has added orders.note. What was written by hand is removed by hand"},
		{addition.RouteVerb, "orders.refund", false, "orders/router.go: this is no longer as it was written:\n\n// refund returns an order."},
		{addition.RouteVerb, "orders.refund", true, "this would not compile any more:\n  orders/router.go:37:25: undefined: OrderRefund\n  orders/router.go:83:66: undefined: OrderRefund\nChange that first"},
	} {
		before := tree(t, dir)
		err := remove(c.verb, c.name, addition.RemoveOptions{Force: c.force})
		if err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s %s: %v\nwant: %s", c.verb, c.name, err, c.want)
		}
		if diff := cmp.Diff(before, tree(t, dir)); diff != "" {
			t.Errorf("something was changed:\n%s", diff)
		}
	}
}
