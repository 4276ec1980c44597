package parts_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A part that cannot be written changes nothing, and the message says why and the way out.
func TestRefuses(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	a.must(t, "add page about", "add page lines/{id}")
	before := a.tree(t)
	var b strings.Builder
	refused := func(command string) {
		t.Helper()
		err := a.add(t, command)
		if err == nil {
			t.Errorf("done: %s", command)
			return
		}
		b.WriteString("$ terem " + command + "\n" + strings.ReplaceAll(strings.TrimRight(err.Error(), "\n"), string(a), "SHOP") + "\n\n")
	}
	for _, command := range []string{
		"add service Check-out --uses orders",
		"add service main --uses orders",
		"add service log --uses orders",
		"add service orders --uses orders,users",
		"add service checkout --uses orders,orders",
		"add service checkout --uses goods",
		"add service checkout --uses tasks",
		"add service notifications --uses users",
		"add task expire",
		"add task orders.Expire",
		"add task orders.type",
		"add task goods.expire",
		"add task orders.order",
		"add task orders.expire --every 10ms",
		"add task orders.expire --at 25:00",
		"add task orders.expire --every 1h --at 03:30",
		"add task orders.expire --cron daily",
		"add task orders.send_test",
		"add task orders.mount_linux",
		"add event orders.paid",
		"add event Paid",
		"add event orders.Order",
		"add event orders.Paid --to orders",
		"add event users.Deleted",
		"add event users.Deleted --to users",
		"add event users.Deleted --to goods",
		"add event orders.Paid --to goods",
		"add page About",
		"add page /",
		"add page orders/{id}/{id}",
		"add page about",
		"add page about/",
		"add page account",
		"add page lines/{line}",
		"add page home",
		"add page docs/terms",
		"add page about/windows",
		"add page terms --policy Public",
		"add page terms --policy users.Required",
		"add page terms --policy users.Nobody",
		"link orders users",
		"link orders users.balance",
		"link orders users.Balance --as balance",
		"link orders orders.CountOf",
		"link goods users.Balance",
		"link orders goods.Balance",
		"link orders users.Nothing",
		"link orders users.Things.Nothing",
		"link orders users.LogOut",
		"link orders users.Users.Count",
		"link users orders.Get",
		"link orders users.Hidden",
		"link orders users.Balance --as Order",
		"link orders users.Balance --as Orders",
	} {
		refused(command)
	}
	if diff := cmp.Diff(before, a.tree(t)); diff != "" {
		t.Errorf("something was changed (-before +after):\n%s", diff)
	}
	for _, c := range []struct{ file, old, new, command string }{
		{"main.go", "pages.Config{", "pagesConfig{", "add service checkout --uses orders"},
		{"main.go", "(*app.App, error)", "(a *app.App)", "add service geocode"},
		{"main.go", "d.orders = orders.New()", "d.orders = makeOrders(orders.New)", "add service checkout --uses orders"},
		{"main.go", "d.orders = orders.New()", "d.orders = makeOrders(orders.New)", "link orders users.Balance"},
		{"main.go", "a.Register(", "register(a, ", "add event orders.Paid --to users"},
		{"pages/router.go", "func (p *Pages) routes(", "func (p *Pages) allRoutes(", "add page terms"},
		{"pages/router.go", "func (p *Pages) page(", "func (p *Pages) show(", "add page terms"},
		{"tasks/tasks.go", "func Workers(", "func All(", "add task orders.expire --every 1h"},
		{"tasks/tasks.go", "Logger        *slog.Logger", "Log *slog.Logger", "add task orders.expire"},
		{"tasks/tasks.go", "Logger        *slog.Logger", "Logger *slog.Logger; Orders int", "add task orders.expire"},
		{"orders/domain.go", "Orders Repository", "*Repository", "add task orders.expire"},
		{"users/domain.go", "Auth  *Auth", "OrdersPaid, Auth *Auth", "add event orders.Paid --to users"},
		{"orders/domain.go", "Register(a *app.App)", "Enter(a *app.App)", "add event orders.Paid"},
		{"orders/models.go", `"id,pk"`, `"id"`, "add event orders.Paid"},
		{"orders/models.go", "package orders", "package orders {", "add event orders.Paid"},
		{"users/repository.go", "return 0, err", "return err", "link orders users.Balance"},
	} {
		name := filepath.Join(string(a), filepath.FromSlash(c.file))
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		changed := strings.ReplaceAll(string(text), c.old, c.new)
		if changed == string(text) {
			t.Errorf("%s has no %q any more", c.file, c.old)
		}
		if err := os.WriteFile(name, []byte(changed), 0o666); err != nil {
			t.Fatal(err)
		}
		b.WriteString("# in " + c.file + ", " + c.old + " became " + c.new + "\n")
		refused(c.command)
		if err := os.WriteFile(name, text, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	golden := filepath.Join("testdata", "refusals.golden")
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("%s (-want +got); if this is meant, run: go test ./internal/scaffold/parts -run TestRefuses -update\n%s", golden, diff)
	}
	if diff := cmp.Diff(before, a.tree(t)); diff != "" {
		t.Errorf("something was changed (-before +after):\n%s", diff)
	}
}
