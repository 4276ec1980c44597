package jobs

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/terem-go/terem/dao"
	"github.com/terem-go/terem/db"
)

const (
	// CountMost is up to how many jobs of a state are counted.
	CountMost = 10_000
	maxQueues = 100 // that Queues returns
)

// QueueInfo is a queue and what is in it.
type QueueInfo struct {
	Name     string
	PausedAt *time.Time    // nil if it is not paused
	SeenAt   *time.Time    // when a client said last that it works it, some minutes ago at most; nil for never
	Jobs     map[State]int // how many there are, CountMost at most; without those that are done
}

// Counted are the states of QueueInfo.Jobs.
var Counted = []State{StateWaiting, StateLater, StateRunning, StateFailed, StateGivenUp}

// Queues returns the queues in which there are jobs or that a client has worked
// lately, by name, and 100 at most.
func Queues(ctx context.Context, q db.Querier) ([]QueueInfo, error) {
	names, err := queueNames(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("jobs: %w", err)
	}
	known, err := dao.Query[struct {
		Name      string     `db:"name"`
		PausedAt  *time.Time `db:"paused_at"`
		UpdatedAt time.Time  `db:"updated_at"`
	}](ctx, q, "SELECT name, paused_at, updated_at FROM river_queue ORDER BY name LIMIT $1", maxQueues)
	if err != nil {
		return nil, fmt.Errorf("jobs: %w", err)
	}
	var list []QueueInfo
	for _, k := range known {
		list = append(list, QueueInfo{Name: k.Name, PausedAt: k.PausedAt, SeenAt: &k.UpdatedAt})
	}
	for _, name := range names {
		if !slices.ContainsFunc(list, func(q QueueInfo) bool { return q.Name == name }) {
			list = append(list, QueueInfo{Name: name})
		}
	}
	slices.SortFunc(list, func(a, b QueueInfo) int { return cmp.Compare(a.Name, b.Name) })
	list = list[:min(len(list), maxQueues)]
	for i := range list {
		if list[i].Jobs, err = count(ctx, q, list[i].Name); err != nil {
			return nil, fmt.Errorf("jobs: %w", err)
		}
	}
	return list, nil
}

// queueNames returns the queues in which there are jobs that count. It steps from
// one name to the next in an index, and so reads as many entries as there are names.
func queueNames(ctx context.Context, q db.Querier) ([]string, error) {
	var all []string
	for _, s := range Counted {
		rows, err := dao.Query[struct {
			Name string `db:"name"`
		}](ctx, q, `WITH RECURSIVE names (name) AS (
	SELECT min(queue) FROM river_job WHERE state = '`+states[s]+`'
	UNION ALL
	SELECT (SELECT min(queue) FROM river_job WHERE state = '`+states[s]+`' AND queue > name) FROM names WHERE name IS NOT NULL
)
SELECT name FROM names WHERE name IS NOT NULL LIMIT $1`, maxQueues)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			all = append(all, r.Name)
		}
	}
	slices.Sort(all)
	return slices.Compact(all), nil
}

// count counts the jobs of a queue, up to CountMost of each state.
func count(ctx context.Context, q db.Querier, queue string) (map[State]int, error) {
	var parts []string
	for _, s := range Counted {
		parts = append(parts, fmt.Sprintf("SELECT '%s' AS state, count(*) AS n FROM (SELECT 1 FROM river_job WHERE state = '%s' AND queue = $1 LIMIT %d) AS bounded", s, states[s], CountMost))
	}
	rows, err := dao.Query[struct {
		State State `db:"state"`
		N     int   `db:"n"`
	}](ctx, q, strings.Join(parts, " UNION ALL "), queue)
	if err != nil {
		return nil, err
	}
	jobs := map[State]int{}
	for _, r := range rows {
		jobs[r.State] = r.N
	}
	return jobs, nil
}
