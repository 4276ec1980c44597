package cli

import (
	"context"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/terem-go/terem/internal/structure"
)

// reading are the flags of the verbs that read an application without running
// it.
type reading struct {
	Dir    string `type:"application" placeholder:"DIR" default:"." help:"The application's folder; the current one by default."`
	Domain string `placeholder:"ROOM" help:"Only what this domain has, or another folder, such as services/checkout."`
	JSON   bool   `help:"Print JSON."`
}

// read returns what the application consists of. What could not be read is said
// on standard error.
func (a *reading) read(ctx context.Context, c *console) (*structure.App, error) {
	p, app, err := readApplication(ctx, a.Dir)
	if err != nil {
		return nil, err
	}
	for _, m := range app.Missing {
		c.warn("not read: %s", m)
	}
	var rooms []string
	for _, r := range app.Rooms {
		rooms = append(rooms, r.Path)
	}
	if a.Domain != "" && !slices.Contains(rooms, a.Domain) {
		return nil, fmt.Errorf("there is no %s in %s, but %s", a.Domain, p.Dir, strings.Join(rooms, ", "))
	}
	return app, nil
}

// readApplication returns the source of the application in a folder, and what it
// consists of.
func readApplication(ctx context.Context, dir string) (*structure.Program, *structure.App, error) {
	hurry()
	p, err := structure.Load(ctx, dir)
	if err != nil {
		return nil, nil, err
	}
	app, err := structure.Read(p)
	return p, app, err
}

// hurry has the garbage collector wait, within a gigabyte: verbs that read an
// application end before it is worth while, and it takes a quarter of their time.
func hurry() {
	debug.SetGCPercent(800)
	debug.SetMemoryLimit(1 << 30)
}

// shows reports whether what a room has is asked for.
func (a *reading) shows(room string) bool { return a.Domain == "" || a.Domain == room }
