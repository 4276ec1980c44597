package dao_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/terem-go/terem/civil"
	"github.com/terem-go/terem/dao"
	"github.com/terem-go/terem/db"
)

// task is a row of the table tasks.
type task struct {
	ID   int64       `db:"id,pk"`
	Due  civil.Date  `db:"due"`
	Done *civil.Date `db:"done,unique"`
}

var tasks = dao.Of[task]("tasks")

type taskFilter struct {
	Due  given[civil.Date]   `query:"due"`
	From given[civil.Date]   `query:"due[gte]"`
	To   given[civil.Date]   `query:"due[lt]"`
	Any  given[[]civil.Date] `query:"due[in]"`
	Done given[civil.Date]   `query:"done[ne]"`
}

// Dates are compared and sorted by the day on both engines, from the year 1 to 9999, and are places in a list.
func TestDates(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, s *db.Session) {
		days := []civil.Date{{}, civil.NewDate(987, 6, 5), civil.NewDate(1999, 12, 31), civil.NewDate(2026, 11, 27), civil.NewDate(2026, 11, 28), civil.NewDate(9999, 12, 31)}
		done := days[3]
		var rows []task
		for _, i := range []int{3, 0, 5, 1, 4, 2} {
			rows = append(rows, task{Due: days[i]})
		}
		rows[0].Done = &done
		must(t, tasks.InsertMany(ctx, s, rows))
		dues := func(found []task) (list []civil.Date) {
			for _, r := range found {
				list = append(list, r.Due)
			}
			return list
		}
		for name, c := range map[string]struct {
			filter taskFilter
			want   []civil.Date
		}{
			"all":     {taskFilter{}, days},
			"one":     {taskFilter{Due: yes(days[1])}, days[1:2]},
			"none":    {taskFilter{Due: yes(days[1].AddDays(1))}, nil},
			"between": {taskFilter{From: yes(days[1]), To: yes(days[4])}, days[1:4]},
			"any":     {taskFilter{Any: yes([]civil.Date{days[4], days[5], days[4].AddDays(1)})}, days[4:]},
			"no one":  {taskFilter{Any: yes([]civil.Date{})}, nil},
			"done":    {taskFilter{Done: yes(days[4])}, days[3:4]},
		} {
			found, err := tasks.Find(ctx, s, dao.Filter(c.filter), dao.OrderBy("due"))
			must(t, err)
			if fmt.Sprint(dues(found)) != fmt.Sprint(c.want) {
				t.Errorf("%s: found %s, want %s", name, dues(found), c.want)
			}
		}
		var listed []civil.Date
		for cursor, more := "", true; more; more = cursor != "" {
			found, next, err := tasks.After(ctx, s, cursor, 2, dao.OrderBy("-due"))
			must(t, err)
			listed, cursor = append(listed, dues(found)...), next
		}
		if len(listed) != len(days) || listed[0] != days[5] || listed[5] != days[0] {
			t.Errorf("listed from the last one: %s", listed)
		}
		must(t, tasks.Patch(ctx, s, rows[1].ID, dao.Set("due", days[2]), dao.Set("done", days[5])))
		must(t, tasks.Upsert(ctx, s, &task{Due: days[4], Done: &done}, "done"))
		found, err := tasks.Find(ctx, s, dao.Where("done >= $1", done), dao.OrderBy("id"))
		must(t, err)
		if len(found) != 2 || found[0].Due != days[4] || found[1].Due != days[2] || *found[1].Done != days[5] {
			t.Errorf("changed: %+v", found)
		}
		got, err := tasks.Get(ctx, s, rows[1].ID)
		if must(t, err); got.Due != days[2] {
			t.Errorf("got %s", got.Due)
		}
		m, err := tasks.Model()
		if must(t, err); m.Columns[1].Kind != dao.KindDate || m.Columns[2].Kind != dao.KindDate || !m.Columns[2].Nullable {
			t.Errorf("described as %+v", m.Columns)
		}
		if err := nested(ctx, s, func() error { return tasks.Insert(ctx, s, &task{Due: civil.NewDate(10_000, 1, 1)}) }); err == nil {
			t.Error("the year 10000 is stored")
		}
	})
}
