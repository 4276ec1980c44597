// Command reader does not compile: a worker takes a session or the database.
package main

import (
	"context"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/jobs"
)

type note struct{}

func (note) Kind() string { return "note" }

func main() {
	jobs.Add(jobs.NewWorkers(), func(context.Context, *db.Reader, *jobs.Job[note]) error { return nil })
}
