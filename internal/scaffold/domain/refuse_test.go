package domain_test

import (
	"strings"
	"testing"

	"github.com/terem-go/terem/internal/scaffold/domain"
)

// What cannot be a domain is refused with what is wrong and the way out.
func TestRefuses(t *testing.T) {
	t.Parallel()
	fields := func(list ...string) domain.Options { return domain.Options{Name: "orders", Fields: list} }
	named := func(name string) domain.Options { return domain.Options{Name: name, Fields: []string{"title:string"}} }
	for name, c := range map[string]struct {
		o    domain.Options
		want string
	}{
		"capitals":         {named("Orders"), `"Orders" cannot be a domain: give words of a-z and 0-9 with _ between`},
		"a path":           {named("a/b"), "cannot be a domain: give words"},
		"short":            {named("or"), "three letters or more"},
		"a test":           {named("orders_test"), "none that ends in _test"},
		"a keyword":        {named("select"), `"select" cannot be a domain: Go, the template or the library uses this name`},
		"a type of Go":     {named("string"), `"string" cannot be a domain`},
		"a package":        {named("context"), `"context" cannot be a domain`},
		"a folder":         {named("migrations"), `"migrations" cannot be a domain`},
		"a table":          {named("users"), "there is a table users already, which users.User describes"},
		"a type":           {domain.Options{Name: "orders", Type: "order", Fields: []string{"title:string"}}, `"order" cannot be the type of a row: give a Go name such as --type Order`},
		"a type of others": {domain.Options{Name: "orders", Type: "Router", Fields: []string{"title:string"}}, "the type Router has a name that every domain uses otherwise"},

		"a schema's name": {domain.Options{Name: "orders", Type: "Product", Fields: []string{"title:string"}}, "there is a type products.Product already, and OpenAPI tells types apart by their plain names"},
		"no fields":       {fields(), "a domain has a field that clients fill in, besides an owner"},
		"an owner":        {fields("user:ref(users,owner)"), "a domain has a field that clients fill in"},
		"no type":         {fields("title"), `"title" is not a field: expected NAME:TYPE, such as total:decimal`},
		"no name":         {fields(":string"), `"" cannot be its name`},
		"a Go name":       {fields("dueAt:time"), `the field dueAt:time: "dueAt" cannot be its name: expected words of a-z and 0-9`},
		"a long name":     {fields(strings.Repeat("a", 60) + ":int"), "too long for a database"},
		"unknown":         {fields("title:varchar"), "the field title:varchar: the type varchar is not known; expected string, text"},
		"a blank":         {fields("kind:enum(a b, c)"), `"a b" cannot be a value: expected a letter`},
		"twice":           {fields("title:string", "title:text"), "the field title:text: there is another field of this name"},
		"twice in Go":     {fields("a_b:string", "ab:text", "a_b_id:ref(users)", "a_b:ref(users)"), "there is another field of this name"},
		"the key":         {fields("id:int"), "every domain has this column by itself"},
		"a stamp":         {fields("created_at:time"), "every domain has this column by itself"},
		"a method":        {fields("table:int"), "models have a method Table"},
		"arguments":       {fields("n:int(4)"), "int takes nothing in parentheses"},
		"no size":         {fields("s:string(x)"), "a string has a size, as in string(40)"},
		"a zero size":     {fields("s:string(0)"), "a string has a size from 1"},
		"digits":          {fields("d:decimal(12)"), "a decimal has digits, as in decimal(12,2)"},
		"many digits":     {fields("d:decimal(2,3)"), "no more behind the point than in all"},
		"no values":       {fields("s:enum"), "an enum has at least two values, as in enum(new,paid)"},
		"a value":         {fields("s:enum(new,9)"), `"9" cannot be a value`},
		"one constant":    {fields("s:enum(a-b,a_b)"), "two of its values have the same name in Go, SAB"},
		"an enum's":       {fields("router:enum(a,b)"), "the field router would declare Router, which is a part of every domain"},
		"two enums'":      {fields("a:enum(b_c,d)", "a_b:enum(c,e)"), "the field a_b would declare ABC, which is declared by the field a"},
		"json or NULL":    {fields("j:json?"), "json is never NULL"},
		"unique bools":    {fields("b:bool!"), "two rows may well have the same bool: leave out the \"!\""},
		"few values":      {fields("d:decimal(3,1)!"), "there are too few values for rows to differ in"},
		"no table":        {fields("p:ref"), "a reference names a table or a domain, as in ref(products)"},
		"another word":    {fields("p:ref(users,admin)"), "a reference names a table or a domain"},
		"nothing":         {fields("p:ref(nothing)"), "the field p:ref(nothing): there is no table or domain nothing; there are the tables pairs, products, users"},
		"two keys":        {fields("p:ref(pairs)"), "the table pairs has no key named id of type int64, string, uuid.UUID, which a reference needs"},
		"itself":          {fields("p:ref(orders)"), "the field p:ref(orders): the first row could refer to none: let it be NULL, with ?"},
		"itself, once":    {fields("p:ref(orders)?!"), "leave out the \"!\", and say it by t.Unique"},
		"its own owner":   {fields("p:ref(orders,owner)"), "only users own rows: ref(users,owner)"},
		"two owners":      {fields("a:ref(users,owner)", "b:ref(users,owner)"), "a row has one owner, and there is another"},
		"no owner":        {fields("a:ref(users,owner)?"), "every row has an owner, who may own several: leave out the \"?\" or \"!\""},
		"not a user":      {fields("a:ref(products,owner)"), "only users own rows: ref(users,owner)"},
	} {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			t.Parallel()
			c.o.Module = "shop"
			_, err := domain.New(c.o, models(t))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v\nwant %s", err, c.want)
			}
		})
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"orders": "Order orders Orders orders", "order_items": "OrderItem orderitems OrderItems orderItems", "categories": "Category categories Categories categories",
		"addresses": "Address addresses Addresses addresses", "boxes": "Box boxes Boxes boxes", "people": "Person people People people", "news": "News news News news",
		"statuses": "Status statuses Statuses statuses", "analyses": "Analysis analyses Analyses analyses", "prices": "Price prices Prices prices",
		"skus": "Skus skus Skus skus", "staff": "Staff staff Staff staff", "movies": "Movie movies Movies movies", "api_keys": "APIKey apikeys APIKeys apiKeys",
		"user_ids": "UserID userids UserIds userIds", "branches": "Branch branches Branches branches", "houses": "House houses Houses houses",
	} {
		d := create(t, domain.Options{Name: name, Fields: []string{"label:string"}})
		if got := strings.Join([]string{d.Type, d.Package, d.Plural, d.Var}, " "); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	d := create(t, domain.Options{Name: "data", Type: "Datum", Fields: []string{"label:string"}})
	if d.Type != "Datum" || d.AOne() != "a datum" || d.Many() != "data" {
		t.Errorf("with a type of one's own: %+v", d)
	}
}
