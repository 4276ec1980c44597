package operator

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/events"
	"github.com/terem-go/terem/jobs"
	"github.com/terem-go/terem/web"
)

const (
	pageSize = 50 // jobs of a list
	few      = 5  // of those that failed, on the overview
)

// Inputs of the routes that show something.
type (
	look struct{ Visitor visitor }

	lookJobs struct {
		Visitor visitor
		State   string `query:"state" enum:",waiting,later,running,failed,done,given up,cancelled"`
		Kind    string `query:"kind" maxLength:"200"`
		Queue   string `query:"queue" maxLength:"200"`
		Before  int64  `query:"before" minimum:"0"`
	}
	lookJob struct {
		Visitor visitor
		ID      int64 `path:"id" minimum:"1"`
	}
)

// The pages' data.
type (
	overviewView struct {
		States   []count
		Queues   []jobs.QueueInfo
		Schedule []scheduled
		Failed   []jobs.Info
	}
	count struct {
		State jobs.State
		N     int // jobs.CountMost and above may be more
	}
	scheduled struct {
		jobs.Scheduled
		Last *jobs.Info // nil if the queue does not know it any more
	}
	listView struct {
		Filter jobs.Filter
		States []jobs.State
		Kinds  []string
		Jobs   []jobs.Info
		Older  int64 // where the list goes on; 0 at its end
	}
	jobView struct {
		*jobs.Info
		Args, Result string // as they are shown
	}
)

func (p *Pages) page(name string, v visitor, data any) *web.Page {
	return p.views.Page(name, data).For(v)
}

func (p *Pages) overview(ctx context.Context, r *db.Reader, in *look) (*web.Page, error) {
	queues, err := jobs.Queues(ctx, r)
	if err != nil {
		return nil, err
	}
	view := overviewView{Queues: queues, States: sum(queues)}
	for _, state := range []jobs.State{jobs.StateGivenUp, jobs.StateFailed} {
		failed, err := jobs.List(ctx, r, jobs.Filter{State: state, Limit: few})
		if err != nil {
			return nil, err
		}
		view.Failed = append(view.Failed, failed...)
	}
	for _, s := range p.workers().Schedule(time.Now()) {
		last, err := jobs.List(ctx, r, jobs.Filter{Kind: s.Kind, Limit: 1})
		if err != nil {
			return nil, err
		}
		row := scheduled{Scheduled: s}
		if len(last) == 1 {
			row.Last = &last[0]
		}
		view.Schedule = append(view.Schedule, row)
	}
	return p.page("overview", in.Visitor, view), nil
}

// sum adds up what is in the queues.
func sum(queues []jobs.QueueInfo) []count {
	var all []count
	for _, s := range jobs.States {
		n, known := 0, false
		for _, q := range queues {
			in, ok := q.Jobs[s]
			n, known = n+in, known || ok
		}
		if known {
			all = append(all, count{s, n})
		}
	}
	return all
}

func (p *Pages) jobs(ctx context.Context, r *db.Reader, in *lookJobs) (*web.Page, error) {
	f := jobs.Filter{State: jobs.State(in.State), Kind: in.Kind, Queue: in.Queue, Before: in.Before, Limit: pageSize + 1}
	list, err := jobs.List(ctx, r, f)
	if err != nil {
		return nil, err
	}
	view := listView{Filter: f, States: jobs.States, Kinds: p.workers().Kinds(), Jobs: list}
	if len(list) > pageSize {
		view.Jobs, view.Older = list[:pageSize], list[pageSize-1].ID
	}
	if f.Kind != "" && !slices.Contains(view.Kinds, f.Kind) {
		view.Kinds = append(view.Kinds, f.Kind)
	}
	return p.page("jobs", in.Visitor, view), nil
}

func (p *Pages) job(ctx context.Context, r *db.Reader, in *lookJob) (*web.Page, error) {
	info, err := jobs.Get(ctx, r, in.ID)
	if err != nil {
		return nil, err
	}
	w := p.workers()
	view := jobView{Info: info, Args: clip(w.Shown(info.Args))}
	if info.Result != nil {
		view.Result = clip(w.Shown(info.Result))
	}
	return p.page("job", in.Visitor, view), nil
}

// Newest returns the failures, the newest first.
func (v jobView) Newest() []jobs.Failure {
	list := slices.Clone(v.Failures)
	slices.Reverse(list)
	return list
}

// most is how many bytes of arguments or of a result are shown.
const most = 64 << 10

// clip returns the beginning of what is long.
func clip(s string) string {
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + fmt.Sprintf("\n… (the beginning of %d kB)", len(s)>>10)
}

func (p *Pages) events(ctx context.Context, r *db.Reader, in *look) (*web.Page, error) {
	list, err := events.Undelivered(ctx, r, true)
	if err != nil {
		return nil, err
	}
	return p.page("events", in.Visitor, list), nil
}

// workers returns what runs the application's jobs.
func (p *Pages) workers() *jobs.Workers { return jobs.Join(p.app.Workers()) }
