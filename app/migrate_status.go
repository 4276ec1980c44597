package app

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/terem-go/terem/migrate"
)

type migrateStatus struct {
	JSON bool `help:"Print JSON."`
}

func (c migrateStatus) Run(ctx context.Context, a *App, out io.Writer) error {
	m, err := a.migrations()
	if err != nil {
		return err
	}
	states, err := m.Status(ctx)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(out, statusList(states))
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	edited := false
	for _, s := range states {
		when := "pending"
		if !s.Pending() {
			when = s.AppliedAt.Format("2006-01-02 15:04:05Z")
		}
		if s.Edited {
			when += "  edited since"
			edited = true
		}
		fmt.Fprintf(w, "%d\t%s\t%s\n", s.Number, fileName(s.Migration), when)
	}
	if err := w.Flush(); err != nil || !edited {
		return err
	}
	_, err = fmt.Fprintln(out, "\n"+editedWayOut)
	return err
}

// editedWayOut says what to do about files that were edited after they were
// applied.
const editedWayOut = "The database has what an edited file said before. Undo the edit and write the change as a new migration; if it changes nothing about the tables, accept it: migrate accept FILE"

// migrationStatus is a migration as status --json shows it.
type migrationStatus struct {
	Source    string     `json:"source,omitempty"` // the library's, "" for the application's own
	Number    int64      `json:"number"`
	File      string     `json:"file,omitempty"` // none when this program has no such file
	AppliedAt *time.Time `json:"applied_at"`     // null when it is pending
	Edited    bool       `json:"edited"`
}

func statusList(states []migrate.State) []migrationStatus {
	list := make([]migrationStatus, len(states))
	for i, s := range states {
		list[i] = migrationStatus{Source: s.Source, Number: s.Number, File: s.File, Edited: s.Edited}
		if !s.Pending() {
			list[i].AppliedAt = &states[i].AppliedAt
		}
	}
	return list
}
