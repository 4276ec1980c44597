package main

import (
	"net/http"

	"github.com/terem-go/terem/bench/contestants"
	"github.com/terem-go/terem/bench/load"
)

// row is one kind of work, done by several contestants.
type row struct {
	name, title string
	engine      engine
	insert      bool
	base        string // the entry that the others are compared with
	entries     []entry
	goals       []goal
}

// entry is a contestant of a row.
type entry struct {
	name    string // in -only and in JSON
	label   string
	program program
	run     string // the contestant's name in its program, if that is the bench
	sync    string // synchronous of SQLite
	dialect dialect
}

type engine string

const (
	onPostgres engine = "postgres"
	onSQLite   engine = "sqlite"
)

// program is what a contestant is part of.
type program string

const (
	self       program = "bench"
	gorm       program = "gorm"
	pocketbase program = "pocketbase"
)

// dialect is how a contestant is spoken to.
type dialect struct {
	path            string // of the collection
	id              string // what stands before an id
	width           int    // of an id
	found, created  int    // statuses
	missing, broken int    // statuses for an id that is not there, and for a body that breaks a rule
	own             bool   // its JSON has fields of its own
}

var (
	usual = dialect{path: "/api/items", found: http.StatusOK, created: http.StatusCreated,
		missing: http.StatusNotFound, broken: http.StatusUnprocessableEntity}
	pocketbases = dialect{path: "/api/collections/items/records", id: "item", width: 11, found: http.StatusOK, created: http.StatusOK,
		missing: http.StatusNotFound, broken: http.StatusBadRequest, own: true}
)

// plan returns the load of a row for a contestant.
func (r row) plan(e entry, addr string, keys int64) load.Plan {
	p := load.Plan{Addr: addr, Keys: keys, Clients: clients}
	if r.insert {
		p.Insert, p.Path, p.Status = true, e.dialect.path, e.dialect.created
	} else {
		p.Path, p.Width, p.Status = e.dialect.path+"/"+e.dialect.id, e.dialect.width, e.dialect.found
	}
	return p
}

var rows = []row{
	{
		name: "pg-read", title: "PostgreSQL, read by key", engine: onPostgres, base: "hand",
		entries: []entry{
			{name: "floor", label: "net/http alone, no database", run: contestants.Floor},
			{name: "hand", label: "net/http + pgx", run: contestants.Hand},
			{name: "hand-tx", label: "net/http + pgx, BEGIN/COMMIT", run: contestants.HandTx},
			{name: "terem", label: "Terem", run: contestants.Terem},
			{name: "bun", label: "net/http + bun", run: contestants.Bun},
			{name: "gorm", label: "gin + gorm, transaction", program: gorm},
		},
		goals: []goal{{against: "hand", ratio: 0.90}},
	},
	{
		name: "pg-insert", title: "PostgreSQL, insert", engine: onPostgres, insert: true, base: "hand",
		entries: []entry{
			{name: "floor", label: "net/http alone, no database", run: contestants.Floor},
			{name: "hand", label: "net/http + pgx, BEGIN/COMMIT", run: contestants.Hand},
			{name: "hand-xid", label: "net/http + pgx, id looked up", run: contestants.HandXID},
			{name: "terem", label: "Terem", run: contestants.Terem},
			{name: "bun", label: "net/http + bun, transaction", run: contestants.Bun},
			{name: "gorm", label: "gin + gorm, transaction", program: gorm},
		},
		goals: []goal{{against: "hand-xid", ratio: 1.05}, {against: "hand", ratio: 1.10}},
	},
	{
		name: "sqlite-read", title: "SQLite, read by key", engine: onSQLite, base: "hand",
		entries: []entry{
			{name: "floor", label: "net/http alone, no database", run: contestants.Floor},
			{name: "hand", label: "net/http, prepared", run: contestants.Hand, sync: "normal"},
			{name: "terem", label: "Terem", run: contestants.Terem, sync: "full"},
			{name: "bun", label: "net/http + bun", run: contestants.Bun, sync: "full"},
			{name: "gorm", label: "gin + gorm, transaction", program: gorm, sync: "full"},
			{name: "pocketbase", label: "PocketBase", program: pocketbase, dialect: pocketbases},
		},
		goals: []goal{{against: "hand", ratio: 0.85}, {against: "pocketbase", ratio: 2}},
	},
	{
		name: "sqlite-insert", title: "SQLite, insert", engine: onSQLite, insert: true, base: "hand-normal",
		entries: []entry{
			{name: "floor", label: "net/http alone, no database", run: contestants.Floor},
			{name: "hand-normal", label: "net/http, prepared, NORMAL", run: contestants.Hand, sync: "normal"},
			{name: "hand-full", label: "net/http, prepared, FULL", run: contestants.Hand, sync: "full"},
			{name: "terem", label: "Terem, FULL", run: contestants.Terem, sync: "full"},
			{name: "bun", label: "net/http + bun, tx., FULL", run: contestants.Bun, sync: "full"},
			{name: "gorm", label: "gin + gorm, tx., FULL", program: gorm, sync: "full"},
			{name: "pocketbase", label: "PocketBase, NORMAL (its own)", program: pocketbase, dialect: pocketbases},
		},
		goals: []goal{{against: "hand-normal", ratio: 1.0}, {against: "hand-full", ratio: 2.5}, {against: "pocketbase", ratio: 2.5}},
	},
}

func init() {
	for _, r := range rows {
		for i := range r.entries {
			e := &r.entries[i]
			if e.program == "" {
				e.program = self
			}
			if e.dialect.path == "" {
				e.dialect = usual
			}
		}
	}
}

func rowNames() []string {
	names := make([]string, len(rows))
	for i, r := range rows {
		names[i] = r.name
	}
	return names
}
