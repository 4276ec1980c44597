package rules_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/internal/structure"
	"github.com/terem-go/terem/internal/structure/rules"
)

func TestCycles(t *testing.T) {
	t.Parallel()
	a := &structure.App{}
	for _, room := range []string{"bills", "orders", "rates", "users"} {
		a.Rooms = append(a.Rooms, &structure.Room{Path: room, Kind: structure.KindDomain})
	}
	a.Rooms = append(a.Rooms, &structure.Room{Path: "pages", Kind: structure.KindPages})
	arrow := func(from, to string, bond structure.Bond, names ...string) {
		a.Arrows = append(a.Arrows, &structure.Arrow{From: from, To: to, Bond: bond, Names: names})
	}
	arrow("orders", "users", structure.BondImport, "Current", "User")
	arrow("orders", "users", structure.BondForeignKey, "orders.user_id")
	arrow("users", "orders", structure.BondInterface, "Balance")
	arrow("orders", "orders", structure.BondForeignKey, "orders.parent_id")
	arrow("pages", "users", structure.BondImport, "User")
	arrow("users", "pages", structure.BondEvent, "users.deleted")
	arrow("rates", "bills", structure.BondImport, "Bill")
	arrow("bills", "orders", structure.BondImport, "Order")
	arrow("orders", "rates", structure.BondEvent, "rates.changed")
	var got []string
	for _, c := range rules.Cycles(a) {
		got = append(got, c.String())
	}
	want := []string{
		"bills → orders (import Order) → rates (event rates.changed) → bills (import Bill)",
		"orders → users (import Current, User; foreign key orders.user_id) → orders (interface Balance)",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
