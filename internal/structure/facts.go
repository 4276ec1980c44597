package structure

import "strconv"

// App is what an application consists of, as terem routes, terem tables and terem
// map print it. Every list is in a fixed order, so that two readings of one
// application are equal.
type App struct {
	Module  string   `json:"module"`            // the import path of its folder
	Name    string   `json:"name"`              // the last element of Module
	Rooms   []*Room  `json:"rooms"`             // in the order of their paths
	Arrows  []*Arrow `json:"arrows"`            // from room to room
	Routes  []*Route `json:"routes"`            // in the order of path and method
	Tables  []*Table `json:"tables"`            // in the order of their names
	Jobs    []*Job   `json:"jobs"`              // in the order of their kinds
	Events  []*Event `json:"events"`            // in the order of their names
	Missing []string `json:"missing,omitempty"` // what could not be read, and why; see Read
}

// Kind is what a room is for, told by its place in the application.
type Kind string

// The kinds of rooms.
const (
	KindMain    Kind = "main"    // package main at the top
	KindDomain  Kind = "domain"  // a folder with files of roles, such as users
	KindService Kind = "service" // a folder below services
	KindTasks   Kind = "tasks"
	KindPages   Kind = "pages"
	KindUtils   Kind = "utils" // utils and below
	KindDAO     Kind = "dao"   // an application's own base of repositories
	KindOther   Kind = "other" // what the layout has no word for: cmd, internal …
)

// Room is a package of the application.
type Room struct {
	Path  string   `json:"path"` // relative to the application's folder: "users", "services/checkout", "." for main
	Kind  Kind     `json:"kind"`
	Doc   string   `json:"doc"`            // the first sentence of the package comment
	Uses  []string `json:"uses,omitempty"` // domains that its domain.go declares by //terem:uses
	Files []*File  `json:"files"`
}

// File is a Go file of a room.
type File struct {
	Path  string `json:"path"` // relative to the application's folder
	Role  Role   `json:"role"`
	Lines int    `json:"lines"`
}

// Place is where something is written.
type Place struct {
	File string `json:"file"` // relative to the application's folder
	Line int    `json:"line"`
}

// String returns file:line.
func (p Place) String() string { return p.File + ":" + strconv.Itoa(p.Line) }

// Bond is why an arrow is there.
type Bond string

// The bonds between rooms.
const (
	BondImport     Bond = "import"      // From names something of To
	BondInterface  Bond = "interface"   // main hands From something of To, by an interface that From declares
	BondEvent      Bond = "event"       // From hears an event of To
	BondForeignKey Bond = "foreign_key" // a table of From references one of To
)

// Arrow leads from a room to one that it depends on.
type Arrow struct {
	From   string   `json:"from"`
	To     string   `json:"to"`
	Bond   Bond     `json:"bond"`
	Names  []string `json:"names"`  // what is used: User, Required; the event; the column
	Places []Place  `json:"places"` // where, one for each file
}

// Route is a route of the API or a page.
type Route struct {
	Method       string   `json:"method"` // "" for any
	Path         string   `json:"path"`
	Room         string   `json:"room"`
	At           Place    `json:"at"`      // where it is registered
	Handler      string   `json:"handler"` // such as (*Router).get
	HandlerAt    Place    `json:"handler_at"`
	Session      string   `json:"session"` // reader, session, db or none
	Policy       string   `json:"policy"`  // such as users.Required, users.Need(orders.refund)
	Dependencies []string `json:"dependencies,omitempty"`
	Input        string   `json:"input,omitempty"`
	Output       string   `json:"output,omitempty"`
	Fails        []string `json:"fails,omitempty"` // declared errors, as written
	Steps        []*Step  `json:"steps"`           // what a request runs through, the handler first; see Step
}

// Step is a function of the application that a request runs through. A call by an
// interface is followed if exactly one type of the application implements it, and
// no call is followed more than eight deep.
type Step struct {
	Func   string   `json:"func"` // such as (Repository).ByEmail
	Room   string   `json:"room"`
	Role   Role     `json:"role"`
	At     Place    `json:"at"`
	Depth  int      `json:"depth"`            // 0 for the handler and its dependencies
	Reads  []string `json:"reads,omitempty"`  // tables
	Writes []string `json:"writes,omitempty"` // tables
	Emits  []string `json:"emits,omitempty"`  // kinds of jobs and names of events
}

// Table is a table and the model that describes it.
type Table struct {
	Name    string    `json:"name"`
	Model   string    `json:"model"` // such as users.User
	Room    string    `json:"room"`  // who owns it
	At      Place     `json:"at"`    // of the model
	Columns []*Column `json:"columns"`
}

// Column is a column of a table.
type Column struct {
	Name       string `json:"name"`
	Type       string `json:"type"` // the Go type
	Null       bool   `json:"null,omitempty"`
	Key        bool   `json:"key,omitempty"` // a part of the primary key
	Unique     bool   `json:"unique,omitempty"`
	References string `json:"references,omitempty"` // a table
}

// Job is a sort of background job.
type Job struct {
	Kind     string  `json:"kind"`
	Args     string  `json:"args"` // such as users.Welcome
	Room     string  `json:"room"` // of the arguments
	At       Place   `json:"at"`   // of the arguments
	Worker   string  `json:"worker,omitempty"`
	WorkerAt *Place  `json:"worker_at,omitempty"`
	Schedule string  `json:"schedule,omitempty"` // as written
	From     []Place `json:"from,omitempty"`     // where it is enqueued
	Steps    []*Step `json:"steps,omitempty"`    // what it runs through, the worker first
}

// Event is a sort of event.
type Event struct {
	Name        string       `json:"name"`
	Type        string       `json:"type"` // such as orders.Paid
	Room        string       `json:"room"`
	At          Place        `json:"at"`
	Published   []Place      `json:"published,omitempty"`
	Subscribers []Subscriber `json:"subscribers,omitempty"`
}

// Subscriber hears an event.
type Subscriber struct {
	Name   string  `json:"name"`
	Room   string  `json:"room"`
	At     Place   `json:"at"`   // where it subscribes
	Func   string  `json:"func"` // such as (*Domain).gift
	FuncAt Place   `json:"func_at"`
	Steps  []*Step `json:"steps,omitempty"` // what it runs through, the function first
}
