package deadline_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/terem-go/terem/internal/deadline"
)

// begin returns a context that ends with the test at the latest.
func begin(t *testing.T, parent context.Context, d time.Duration) *deadline.Context {
	t.Helper()
	c := &deadline.Context{}
	c.Begin(parent, d)
	t.Cleanup(c.End)
	return c
}

// ended checks that a context has ended with an error, and says so in each way.
func ended(t *testing.T, c context.Context, want error) {
	t.Helper()
	select {
	case <-c.Done():
	case <-time.After(30 * time.Second):
		t.Fatal("the context does not end")
	}
	if err := c.Err(); !errors.Is(err, want) {
		t.Errorf("it ended with %v, want %v", err, want)
	}
}

func TestDeadlines(t *testing.T) {
	t.Parallel()
	for _, d := range []time.Duration{-time.Second, 0, 20 * time.Millisecond, 1100 * time.Millisecond} {
		t.Run(d.String(), func(t *testing.T) {
			t.Parallel()
			began := time.Now()
			c := begin(t, context.Background(), d)
			at, ok := c.Deadline()
			if !ok || at.Before(began.Add(d)) {
				t.Errorf("the deadline is %v, %v after the beginning", at, at.Sub(began))
			}
			ended(t, c, context.DeadlineExceeded)
			if time.Now().Before(at) {
				t.Error("it ended before its deadline")
			}
		})
	}
}

// Err knows of the deadline when nobody waits for it.
func TestErrAlone(t *testing.T) {
	t.Parallel()
	c := begin(t, context.Background(), time.Nanosecond)
	time.Sleep(time.Microsecond)
	if err := c.Err(); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the error is %v", err)
	}
	ended(t, c, context.DeadlineExceeded)
}

type key struct{}

func TestParents(t *testing.T) {
	t.Parallel()
	parent, cancel := context.WithCancel(context.WithValue(context.Background(), key{}, "value"))
	waited, asked := begin(t, parent, time.Hour), begin(t, parent, time.Hour)
	if waited.Value(key{}) != "value" {
		t.Error("the parent's values are not there")
	}
	done := waited.Done()
	if waited.Err() != nil || asked.Err() != nil {
		t.Error("ended before its parent")
	}
	cancel()
	<-done
	ended(t, waited, context.Canceled)
	if err := asked.Err(); !errors.Is(err, context.Canceled) {
		t.Errorf("one that nobody waits for has the error %v", err)
	}

	soon, stop := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer stop()
	c := begin(t, soon, time.Hour)
	if at, _ := c.Deadline(); time.Until(at) > time.Minute {
		t.Errorf("it has the deadline %v, later than its parent", at)
	}
	ended(t, c, context.DeadlineExceeded)
}

func TestEnd(t *testing.T) {
	t.Parallel()
	for _, d := range []time.Duration{100 * time.Millisecond, time.Hour} {
		waited, asked := begin(t, context.Background(), d), begin(t, context.Background(), d)
		child, cancel := context.WithCancel(waited)
		defer cancel()
		waited.Done()
		waited.End()
		asked.End()
		ended(t, waited, context.Canceled)
		ended(t, asked, context.Canceled)
		ended(t, child, context.Canceled)
	}
}

// Many begin and end while the timer looks at them.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	var all sync.WaitGroup
	for i := range 200 {
		all.Go(func() {
			for range 50 {
				c := &deadline.Context{}
				c.Begin(context.Background(), time.Second+time.Duration(i)*time.Millisecond)
				done := c.Done()
				if i%10 == 0 {
					<-done
				}
				c.End()
				<-done
				if i%10 == 0 {
					return
				}
			}
		})
	}
	all.Wait()
}

// What is made of a context ends with it, and keeps no goroutine meanwhile.
func TestAfterFunc(t *testing.T) {
	t.Parallel()
	parent, cancel := context.WithCancel(context.Background())
	defer cancel()
	c := begin(t, parent, time.Hour)
	ran := make(chan string, 9)
	stop := context.AfterFunc(c, func() { ran <- "stopped" })
	context.AfterFunc(c, func() { ran <- "kept" })
	child, end := context.WithTimeout(c, 2*time.Hour)
	defer end()
	if !stop() || stop() {
		t.Error("a function is stopped twice, or not at all")
	}
	cancel()
	if got := <-ran; got != "kept" {
		t.Errorf("the function that was %s has run", got)
	}
	ended(t, child, context.Canceled)
	late := make(chan struct{})
	if context.AfterFunc(c, func() { close(late) })() {
		t.Error("a function that is given to a context that has ended can be stopped")
	}
	<-late
	expired := begin(t, context.Background(), 10*time.Millisecond)
	child, end = context.WithCancel(expired)
	defer end()
	ended(t, child, context.DeadlineExceeded)
}

func BenchmarkContext(b *testing.B) {
	parent, cancel := context.WithCancel(context.Background())
	defer cancel()
	b.Run("deadline", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			c := &deadline.Context{}
			c.Begin(parent, 30*time.Second)
			c.Done()
			c.End()
		}
	})
	b.Run("unasked", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			c := &deadline.Context{}
			c.Begin(parent, 30*time.Second)
			_ = c.Err()
			c.End()
		}
	})
	b.Run("context.WithTimeout", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			c, cancel := context.WithTimeout(parent, 30*time.Second)
			c.Done()
			cancel()
		}
	})
}

// A statement is not sent whose request has ended already.
func TestDoneAtOnceAfterTheParent(t *testing.T) {
	t.Parallel()
	parent, cancel := context.WithCancel(context.Background())
	cancel()
	c := begin(t, parent, time.Hour)
	select {
	case <-c.Done():
	default:
		t.Error("the context is not done, and its parent is")
	}
	if err := c.Err(); !errors.Is(err, context.Canceled) {
		t.Errorf("it ended with %v", err)
	}
}
