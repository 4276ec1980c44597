package plan_test

import (
	"fmt"
	"math/rand/v2"

	"github.com/terem-go/terem/internal/structure"
	"github.com/terem-go/terem/internal/structure/rules"
)

func at(file string, line int) structure.Place { return structure.Place{File: file, Line: line} }

func room(path string, kind structure.Kind, doc string, files ...string) *structure.Room {
	r := &structure.Room{Path: path, Kind: kind, Doc: doc}
	for i, f := range files {
		if path != "." {
			f = path + "/" + f
		}
		r.Files = append(r.Files, &structure.File{Path: f, Role: structure.RoleOf(f), Lines: 40 + 7*i})
	}
	return r
}

func arrow(from, to string, bond structure.Bond, names ...string) *structure.Arrow {
	return &structure.Arrow{From: from, To: to, Bond: bond, Names: names, Places: []structure.Place{at(from+"/router.go", 12)}}
}

var domainFiles = []string{"auth.go", "dependencies.go", "domain.go", "errors.go", "jobs.go", "models.go", "repository.go", "router.go", "schemas.go"}

// shop is a small application with something of everything.
func shop() *structure.App {
	app := &structure.App{
		Module: "example.com/shop", Name: "shop",
		Rooms: []*structure.Room{
			room(".", structure.KindMain, "Shop is put together here.", "config.go", "database.go", "errors.go", "mail.go", "main.go"),
			room("orders", structure.KindDomain, "Package orders owns what is ordered.", "dependencies.go", "domain.go", "errors.go", "events.go", "models.go", "repository.go", "router.go", "schemas.go"),
			room("pages", structure.KindPages, "Package pages has the pages for browsers.", "pages.go", "router.go", "schemas.go"),
			room("services/checkout", structure.KindService, "Package checkout takes money for an order.", "checkout.go", "router.go", "schemas.go"),
			room("services/notifications", structure.KindService, "Package notifications writes to users.", "notifications.go"),
			room("tasks", structure.KindTasks, "Package tasks runs the jobs.", "cleanup.go", "tasks.go", "welcome.go"),
			room("users", structure.KindDomain, "Package users owns the users: who they are, how they log in, and who is calling.", append(domainFiles, "commands.go", "router_test.go")...),
			room("utils", structure.KindUtils, "Package utils is for everybody.", "formatters.go", "logger.go", "validators.go"),
		},
		Arrows: []*structure.Arrow{
			arrow(".", "orders", structure.BondImport, "New"), arrow(".", "pages", structure.BondImport, "New"), arrow(".", "services/checkout", structure.BondImport, "New"),
			arrow(".", "services/notifications", structure.BondImport, "New"), arrow(".", "tasks", structure.BondImport, "Workers"), arrow(".", "users", structure.BondImport, "New"), arrow(".", "utils", structure.BondImport, "NewLogger"),
			arrow("orders", "users", structure.BondForeignKey, "user_id"), arrow("orders", "users", structure.BondImport, "Current", "Required"),
			arrow("pages", "users", structure.BondImport, "Auth", "Member"), arrow("services/checkout", "orders", structure.BondImport, "Repository"), arrow("services/checkout", "users", structure.BondImport, "Required"),
			arrow("services/notifications", "orders", structure.BondEvent, "orders.Paid"), arrow("services/notifications", "users", structure.BondImport, "Repository"),
			arrow("tasks", "services/notifications", structure.BondImport, "Service"), arrow("tasks", "users", structure.BondImport, "Logins", "Welcome"),
			arrow("users", "orders", structure.BondInterface, "Balances"), arrow("users", "utils", structure.BondImport, "Email"),
		},
		Tables: []*structure.Table{
			{Name: "logins", Model: "users.Login", Room: "users", At: at("users/models.go", 34), Columns: []*structure.Column{{Name: "id", Type: "int64", Key: true}, {Name: "user_id", Type: "int64", References: "users"}}},
			{Name: "orders", Model: "orders.Order", Room: "orders", At: at("orders/models.go", 9), Columns: []*structure.Column{{Name: "id", Type: "int64", Key: true}, {Name: "user_id", Type: "int64", References: "users"}, {Name: "note", Type: "*string", Null: true}}},
			{Name: "users", Model: "users.User", Room: "users", At: at("users/models.go", 10), Columns: []*structure.Column{{Name: "id", Type: "int64", Key: true}, {Name: "email", Type: "string", Unique: true}}},
		},
		Jobs: []*structure.Job{{Kind: "users.welcome", Args: "users.Welcome", Room: "users", At: at("users/jobs.go", 5), Worker: "welcome", WorkerAt: &structure.Place{File: "tasks/welcome.go", Line: 12}, From: []structure.Place{at("users/auth.go", 60)}}},
		Events: []*structure.Event{{Name: "orders.paid", Type: "orders.Paid", Room: "orders", At: at("orders/events.go", 6), Published: []structure.Place{at("services/checkout/checkout.go", 40)}, Subscribers: []structure.Subscriber{{Name: "receipt", Room: "services/notifications", At: at("services/notifications/notifications.go", 30), Func: "(*Notifications).receipt", FuncAt: at("services/notifications/notifications.go", 44), Steps: []*structure.Step{
			{Func: "(*Notifications).receipt", Room: "services/notifications", At: at("services/notifications/notifications.go", 44)}, {Func: "(Repository).ByID", Room: "users", Role: structure.RoleRepository, At: at("users/repository.go", 12), Depth: 1, Reads: []string{"users"}},
		}}}}},
	}
	current := &structure.Step{Func: "(*Auth).current", Room: "users", Role: structure.RoleAuth, At: at("users/auth.go", 88), Reads: []string{"users"}}
	for _, domain := range []string{"orders", "users"} {
		for i, r := range []struct{ method, path, handler, session, policy string }{
			{"DELETE", "/{id}", "delete", "session", "users.Superuser"}, {"GET", "", "list", "reader", "users.Superuser"}, {"GET", "/{id}", "get", "reader", "users.Required"},
			{"PATCH", "/{id}", "update", "session", "users.Required"}, {"POST", "", "create", "session", "api.Public"},
		} {
			route := &structure.Route{Method: r.method, Path: "/" + domain + r.path, Room: domain, At: at(domain+"/router.go", 20+i), Handler: "(*Router)." + r.handler, HandlerAt: at(domain+"/router.go", 30+10*i), Session: r.session, Policy: r.policy, Input: domain + ".In", Output: domain + ".Read"}
			route.Steps = []*structure.Step{{Func: route.Handler, Room: domain, Role: structure.RoleRouter, At: route.HandlerAt}}
			if r.policy != "api.Public" {
				route.Dependencies = []string{"users.Current"}
				route.Steps = append(route.Steps, current)
			}
			query := &structure.Step{Func: "(Repository)." + r.handler, Room: domain, Role: structure.RoleRepository, At: at(domain+"/repository.go", 15+9*i), Depth: 1, Reads: []string{domain}}
			if r.session == "session" {
				query.Reads, query.Writes = nil, []string{domain}
			}
			if r.handler == "create" {
				route.Fails = []string{"ErrTaken"}
				query.Emits = []string{"users.welcome"}
			}
			route.Steps = append(route.Steps, query)
			app.Routes = append(app.Routes, route)
		}
	}
	app.Routes = append(app.Routes, &structure.Route{Method: "POST", Path: "/orders/{id}/pay", Room: "services/checkout", At: at("services/checkout/router.go", 14), Handler: "(*Router).pay", HandlerAt: at("services/checkout/router.go", 20), Session: "db", Policy: "users.Required",
		Steps: []*structure.Step{
			{Func: "(*Router).pay", Room: "services/checkout", Role: structure.RoleRouter, At: at("services/checkout/router.go", 20)}, current,
			{Func: "(*Checkout).Pay", Room: "services/checkout", At: at("services/checkout/checkout.go", 22), Depth: 1, Emits: []string{"orders.paid"}},
			{Func: "(Repository).Get", Room: "orders", Role: structure.RoleRepository, At: at("orders/repository.go", 18), Depth: 2, Reads: []string{"orders"}},
			{Func: "(*Order).Pay", Room: "orders", Role: structure.RoleModels, At: at("orders/models.go", 30), Depth: 2},
			{Func: "(Repository).Change", Room: "orders", Role: structure.RoleRepository, At: at("orders/repository.go", 40), Depth: 2, Writes: []string{"orders"}},
		}})
	app.Missing = []string{"pages/router.go:40: the path of a route is no constant"}
	return app
}

func found() []rules.Finding {
	return []rules.Finding{
		{Rule: "arrows", File: "orders/router.go", Line: 30, Title: "orders uses a part of users that is not for it", Reason: "Other domains use dependencies, models and errors only.", WayOut: "Ask for users.Current instead of users.Router."},
		{Rule: "missing-tests", File: "orders/router.go", Line: 1, Title: "orders has routes and no test of them", Reason: "Nothing says whether they work.", WayOut: "Write orders/router_test.go."},
	}
}

// city is an application of n domains with ten routes each.
func city(n int) *structure.App {
	random := rand.New(rand.NewPCG(1, 2))
	words := []string{"orders", "users", "invoices", "carts", "stock", "prices", "refunds", "reviews", "shipments", "tags", "coupons", "teams", "projects", "notes", "reports", "messages", "devices", "plans", "keys", "subscriptions"}
	app := &structure.App{Module: "example.com/city", Name: "city"}
	app.Rooms = append(app.Rooms, room(".", structure.KindMain, "City is put together here.", "config.go", "database.go", "errors.go", "mail.go", "main.go"),
		room("pages", structure.KindPages, "Package pages has pages.", "router.go", "pages.go"), room("tasks", structure.KindTasks, "Package tasks runs jobs.", "tasks.go", "cleanup.go"),
		room("utils", structure.KindUtils, "Package utils is for everybody.", "formatters.go"))
	for i := range 8 {
		s := fmt.Sprintf("services/%s", words[i+4])
		app.Rooms = append(app.Rooms, room(s, structure.KindService, "A service.", "service.go"))
		app.Arrows = append(app.Arrows, arrow(".", s, structure.BondImport, "New"))
	}
	name := func(i int) string {
		if i < len(words) {
			return words[i]
		}
		return fmt.Sprint(words[i%len(words)], i/len(words)+1)
	}
	for i := range n {
		d := name(i)
		app.Rooms = append(app.Rooms, room(d, structure.KindDomain, "Package "+d+" owns "+d+".", domainFiles...))
		app.Arrows = append(app.Arrows, arrow(".", d, structure.BondImport, "New"), arrow(d, "utils", structure.BondImport, "Email"))
		app.Tables = append(app.Tables, &structure.Table{Name: d, Model: d + ".Row", Room: d, At: at(d+"/models.go", 9), Columns: []*structure.Column{{Name: "id", Type: "int64", Key: true}, {Name: "name", Type: "string"}, {Name: "created_at", Type: "time.Time"}}})
		for range random.IntN(3) {
			if i < 30 {
				break
			}
			to := name(random.IntN(min(i, 30)))
			app.Arrows = append(app.Arrows, arrow(d, to, structure.BondImport, "Required"))
			if random.IntN(2) == 0 {
				app.Arrows = append(app.Arrows, arrow(d, to, structure.BondForeignKey, "parent_id"))
			}
			if random.IntN(6) == 0 {
				app.Arrows = append(app.Arrows, arrow(to, d, structure.BondEvent, d+".Changed"))
			}
			if random.IntN(9) == 0 {
				app.Arrows = append(app.Arrows, arrow(to, d, structure.BondInterface, "Balances"))
			}
		}
		for j := range 10 {
			r := &structure.Route{Method: []string{"GET", "POST", "PATCH", "DELETE", "GET"}[j%5], Path: fmt.Sprintf("/%s/{id}/part%d", d, j), Room: d, At: at(d+"/router.go", 20+j), Handler: "(*Router).handle", HandlerAt: at(d+"/router.go", 40+10*j), Session: "session", Policy: "users.Required", Dependencies: []string{"users.Current"}, Input: d + ".In", Output: d + ".Read"}
			r.Steps = []*structure.Step{{Func: "(*Router).handle", Room: d, Role: structure.RoleRouter, At: r.HandlerAt}, {Func: "(*Auth).current", Room: "users", Role: structure.RoleAuth, At: at("users/auth.go", 88), Reads: []string{"users"}}}
			for k := range 6 {
				r.Steps = append(r.Steps, &structure.Step{Func: fmt.Sprintf("(Repository).Query%d", k), Room: d, Role: structure.RoleRepository, At: at(d+"/repository.go", 15+9*k), Depth: 1, Writes: []string{d}})
			}
			app.Routes = append(app.Routes, r)
		}
	}
	return app
}
