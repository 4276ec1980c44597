package parts_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/internal/change"
)

// written says what the last entry of the manifest has written: new files, and the lines that are others in those that
// were there.
func (a app) written(t *testing.T) string {
	t.Helper()
	set, err := change.Open(string(a))
	if err != nil {
		t.Fatal(err)
	}
	entries := set.Manifest().Entries
	e := entries[len(entries)-1]
	var b strings.Builder
	for _, p := range e.Created {
		if strings.HasSuffix(p, "/") {
			continue
		}
		text, err := os.ReadFile(filepath.Join(string(a), filepath.FromSlash(p)))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "-- %s --\n%s", p, text)
	}
	for _, ed := range e.Edited {
		fmt.Fprintf(&b, "-- %s, edited --\n", ed.Path)
		for _, h := range ed.Hunks {
			for _, l := range h.Old {
				b.WriteString("-" + l)
			}
			for _, l := range h.New {
				b.WriteString("+" + l)
			}
		}
	}
	return b.String()
}

func TestAdd(t *testing.T) {
	t.Parallel()
	for name, commands := range map[string][]string{
		"service":             {"add service checkout --uses orders,users"},
		"service_outside":     {"add service geocode"},
		"service_for_tasks":   {"add service checkout --uses orders --for tasks"},
		"task":                {"add task orders.expire --every 90m"},
		"task_daily":          {"add task users.tidy_up --at 03:05"},
		"task_cron":           {"add task users.tidy_up --cron 30_3_*_*_mon-fri"},
		"task_enqueued":       {"add task orders.expire --every 1h", "add task orders.send_receipt"},
		"task_taken":          {"add task users.expire", "add task orders.expire"},
		"event":               {"add event orders.Paid"},
		"event_second":        {"add event orders.Paid", "add event orders.SentBack"},
		"event_to_downstream": {"add event users.Closed --to orders"},
		"event_to_upstream":   {"add event orders.Paid --to users"},
		"event_there":         {"add event users.Deleted --to orders"},
		"event_there_second":  {"add event orders.Paid", "add event orders.Paid --to users"},
		"page":                {"add page about"},
		"page_with_key":       {"add page orders/{id}/lines/{code} --policy users.Member"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			newApp(t).check(t, "TestAdd", name, commands)
		})
	}
}

// What is linked to has to be compiled, which is done once if all is in one folder.
func TestLink(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	for name, commands := range map[string][]string{
		"link":          {"link orders users.Balance"},
		"link_upstream": {"link users orders.CountOf"},
		"link_second":   {"link orders users.Balance", "link orders users.Known"},
		"link_as":       {"link orders users.Auth.Authenticate --as Credentials"},
		"link_pointer":  {"link orders users.Auth.Register"},
		"link_domain":   {"link users orders.Open"},
	} {
		t.Run(name, func(t *testing.T) { a.check(t, "TestLink", name, commands) })
	}
}

// check does what the commands say, compares what the last one has written with a golden file, and takes all back, which
// leaves nothing.
func (a app) check(t *testing.T, test, name string, commands []string) {
	t.Helper()
	before := a.tree(t)
	a.must(t, commands...)
	got := a.written(t)
	golden := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got); if this is meant, run: go test ./internal/scaffold/parts -run %s -update\n%s", golden, test, diff)
	}
	for _, c := range slices.Backward(commands) {
		if err := a.undo(t, c); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(before, a.tree(t)); diff != "" {
		t.Errorf("taken back, something is left (-before +after):\n%s", diff)
	}
}
