// Package jobstest looks at the jobs that a test has enqueued, and runs them.
//
//	welcomes := jobstest.Enqueued[accounts.Mail](t, session)
//	jobstest.Run(t, d, tasks.Workers())
package jobstest

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/jobs"
)

// Enqueued returns the arguments of the jobs of T's kind that have yet to run or
// to be tried again, in the order in which they were enqueued: all that q sees,
// those of the session's own included if it is one.
func Enqueued[T jobs.Args](t testing.TB, q db.Querier) []T {
	t.Helper()
	var args T
	text := "args::text"
	if q.Dialect() == db.SQLite {
		text = "json(args)"
	}
	rows, err := q.Query(context.Background(), "SELECT "+text+" FROM river_job"+
		" WHERE kind = $1 AND state IN ('available', 'scheduled', 'retryable') ORDER BY id", args.Kind())
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var list []T
	for rows.Next() {
		var encoded []byte
		var args T
		if err := rows.Scan(&encoded); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(encoded, &args); err != nil {
			t.Fatal(err)
		}
		list = append(list, args)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return list
}

// Run runs the jobs that are due, those that they enqueue included, one after
// the other until there are none. The test fails for each job that does, and
// goes on. Jobs enqueued with jobs.In or jobs.At wait for their time.
func Run(t testing.TB, d *db.DB, w *jobs.Workers) {
	t.Helper()
	if err := w.RunDue(t.Context(), d); err != nil {
		t.Error(err)
	}
}
