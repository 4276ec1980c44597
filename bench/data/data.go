// Package data measures data access alone: rows of the table items, read and
// written inside of one transaction, by one goroutine.
package data

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"syscall"
	"time"

	"github.com/terem-go/terem/bench/item"
)

// Store is data access inside of a transaction that is rolled back in the end.
type Store interface {
	Get(ctx context.Context, id int64) (item.Item, error)
	List(ctx context.Context, n int) ([]item.Item, error) // the first n by id
	Insert(ctx context.Context, it item.Item) error
	InsertMany(ctx context.Context, items []item.Item) error
	InsertNumbered(ctx context.Context, items []item.Item) error // and the program knows their ids
}

// Names of the contestants.
const (
	Hand  = "hand"
	Terem = "terem"
	Bun   = "bun"
	Gorm  = "gorm"
)

// Figure is what an operation takes.
type Figure struct {
	NS     float64 `json:"ns"`
	CPU    float64 `json:"cpu_ns"` // of this process: without PostgreSQL, without waiting
	Allocs float64 `json:"allocs"`
}

// Operations are what is measured, in the order of the table.
var Operations = []string{"get by key", "list of 20", "list of 1,000", "insert", "insert of 10,000", "… with their ids"}

// Measure measures each operation for a time.
func Measure(ctx context.Context, s Store, each time.Duration) (map[string]Figure, error) {
	many := make([]item.Item, 10_000)
	for i := range many {
		many[i] = item.Of(int64(i + 1))
		many[i].ID = 0
	}
	id := int64(0)
	run := []func() error{
		func() error {
			id = id%item.Rows + 1
			it, err := s.Get(ctx, id)
			return wrong(err, it.ID == id)
		},
		func() error { return list(ctx, s, 20) },
		func() error { return list(ctx, s, 1000) },
		func() error { return s.Insert(ctx, many[0]) },
		func() error { return s.InsertMany(ctx, many) },
		func() error { return s.InsertNumbered(ctx, many) },
	}
	figures := map[string]Figure{}
	for i, name := range Operations {
		f, err := measure(run[i], each)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		figures[name] = f
	}
	return figures, nil
}

// Write measures a store, and writes its figures as JSON.
func Write(ctx context.Context, s Store, each time.Duration, out io.Writer) error {
	figures, err := Measure(ctx, s, each)
	if err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(figures)
}

func list(ctx context.Context, s Store, n int) error {
	items, err := s.List(ctx, n)
	return wrong(err, len(items) == n && items[n-1] == item.Of(int64(n)))
}

func wrong(err error, right bool) error {
	if err == nil && !right {
		return fmt.Errorf("the result is wrong")
	}
	return err
}

// measure calls f until the time is over, and at least three times.
func measure(f func() error, each time.Duration) (Figure, error) {
	if err := f(); err != nil { // prepares what must be
		return Figure{}, err
	}
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	began, used, n := time.Now(), cpu(), 0
	for n < 3 || time.Since(began) < each {
		if err := f(); err != nil {
			return Figure{}, err
		}
		n++
	}
	took, used := time.Since(began), cpu()-used
	runtime.ReadMemStats(&after)
	return Figure{float64(took) / float64(n), float64(used) / float64(n), float64(after.Mallocs-before.Mallocs) / float64(n)}, nil
}

// cpu returns the processor time of this process so far.
func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
