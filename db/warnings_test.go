package db_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/db/postgres"
	"github.com/terem-go/terem/db/sqlite"
)

// logged is what a database logs.
type logged struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logged) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

var beside = regexp.MustCompile(`time=\S+ level=WARN |(idle|took)=\S+ |(helpers_test.go):\d+`)

// lines returns what was logged since the last call, without what differs from
// run to run.
func (l *logged) lines() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	text := beside.ReplaceAllString(l.text.String(), "$2")
	l.text.Reset()
	return strings.Split(strings.TrimSuffix(text, "\n"), "\n")
}

// eachLogged runs a test on both engines, with databases that log to l.
func eachLogged(t *testing.T, c db.Config, f func(t *testing.T, d *db.DB, l *logged)) {
	open := func(t *testing.T, url string) {
		t.Parallel()
		l, c := new(logged), c
		c.Logger = slog.New(slog.NewTextHandler(l, nil))
		d, err := db.Open(t.Context(), url, c, sqlite.Engine, postgres.Engine)
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close(t.Context())
		f(t, d, l)
	}
	t.Run("sqlite", func(t *testing.T) { open(t, dbtest.SQLiteURL(t, migrations)) })
	t.Run("postgres", func(t *testing.T) { open(t, dbtest.PostgresURL(t, migrations)) })
}

// here returns the place of its caller, some lines further down.
func here(further int) string {
	_, _, line, _ := runtime.Caller(1)
	return fmt.Sprintf("db/warnings_test.go:%d", line+further)
}

// expect checks what was logged.
func (l *logged) expect(t *testing.T, what string, want ...string) {
	t.Helper()
	compare(t, what, l.lines(), want)
}

// expectHabits is expect without what a busy machine adds: statements that took long,
// and transactions that had to wait for the processor.
func (l *logged) expectHabits(t *testing.T, what string, want ...string) {
	t.Helper()
	compare(t, what, slices.DeleteFunc(l.lines(), func(line string) bool {
		return (strings.HasPrefix(line, tookLong) || strings.HasPrefix(line, idle)) && !slices.Contains(want, line)
	}), want)
}

func compare(t *testing.T, what string, got, want []string) {
	t.Helper()
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("%s: logged\n%s\nwant\n%s", what, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

const tookLong = `msg="a statement took long" `

const idle = `msg="a transaction was left idle: do what takes long before its first statement, between two units of work, or in a job" `

// Row 21: a transaction that is left idle is warned of, also in production.
func TestIdleTransactions(t *testing.T) {
	t.Parallel()
	const tooLong = 110 * time.Millisecond
	eachLogged(t, db.Config{}, func(t *testing.T, d *db.DB, l *logged) {
		var place string
		err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
			time.Sleep(tooLong) // holds nothing yet
			if err := write(ctx, s, "secret"); err != nil {
				return err
			}
			time.Sleep(tooLong)
			place = here(1)
			return write(ctx, s, "secret, too")
		})
		if err != nil {
			t.Fatal(err)
		}
		l.expect(t, "between two statements", idle+`after="INSERT INTO notes (body) VALUES ($1)" before="INSERT INTO notes (body) VALUES ($1)" place=db/helpers_test.go,`+place)

		for end, failed := range map[string]error{"COMMIT": nil, "ROLLBACK": errPlain} {
			place = here(1)
			err = d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
				err := write(ctx, s, end)
				time.Sleep(tooLong)
				return errors.Join(err, failed)
			})
			if !errors.Is(err, failed) {
				t.Fatal(err)
			}
			want := idle + `after="INSERT INTO notes (body) VALUES ($1)" before=` + end + ` place=` + place + `,`
			if got := l.lines(); len(got) != 1 || !strings.HasPrefix(got[0], want) {
				t.Errorf("before %s: logged\n%s\nwant\n%s", end, strings.Join(got, "\n"), want)
			}
		}

		read := func(opts ...db.Option) {
			t.Helper()
			err := d.Read(t.Context(), func(ctx context.Context, r *db.Reader) error {
				err := readOne(ctx, r)
				time.Sleep(tooLong)
				return errors.Join(err, readOne(ctx, r))
			}, opts...)
			if err != nil {
				t.Fatal(err)
			}
		}
		read()
		l.expect(t, "a reader holds nothing between two statements")
		read(db.Snapshot)
		if got := l.lines(); len(got) != 1 || !strings.HasPrefix(got[0], idle+`after="SELECT 1" before="SELECT 1" place=db/observe_test.go:`) {
			t.Errorf("of a reader with a snapshot was logged %q", got)
		}
	})
}

// In development repeated and slow statements are warned of.
func TestHabits(t *testing.T) {
	t.Parallel()
	repeat := func(d *db.DB, n int) (place string, err error) {
		err = d.Read(t.Context(), func(ctx context.Context, r *db.Reader) error {
			for range n {
				place = here(1)
				if err := r.QueryRow(ctx, "SELECT body FROM notes WHERE body = $1", "secret").Scan(new(string)); !errors.Is(err, db.ErrNoRows) {
					return err
				}
			}
			return nil
		})
		return place, err
	}
	slow := func(d *db.DB) (place string, err error) {
		err = d.Read(t.Context(), func(ctx context.Context, r *db.Reader) error {
			rows, err := r.Query(ctx, "SELECT 1,\n\t"+strings.Repeat("1, ", 100)+"1")
			if err == nil {
				time.Sleep(210 * time.Millisecond) // until its rows are closed a statement is not over
				place = here(1)
				rows.Close()
			}
			return err
		})
		return place, err
	}
	nested := func(d *db.DB) error {
		return d.Do(t.Context(), func(ctx context.Context, s *db.Session) (err error) {
			for n := range 11 {
				err = errors.Join(err, s.Nested(ctx, func(ctx context.Context, s *db.Session) error {
					_, err := s.Exec(ctx, fmt.Sprintf("DELETE FROM notes WHERE %d = 0", n))
					return err
				}))
			}
			return err
		})
	}
	eachLogged(t, db.Config{Development: true}, func(t *testing.T, d *db.DB, l *logged) {
		if _, err := repeat(d, 10); err != nil {
			t.Fatal(err)
		}
		if err := nested(d); err != nil {
			t.Fatal(err)
		}
		err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) (err error) {
			for n := range 20 {
				_, e := s.Exec(ctx, "INSERT INTO notes (body) VALUES ($1), ($2)", fmt.Sprint(n, "a"), fmt.Sprint(n, "b"))
				err = errors.Join(err, e)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		l.expectHabits(t, "ten times, savepoints, and rows that are inserted many at a time")
		place, err := repeat(d, 13)
		if err != nil {
			t.Fatal(err)
		}
		l.expectHabits(t, "13 times", `msg="a unit of work repeats a statement: one statement for all rows is faster" times=13 statement="SELECT body FROM notes WHERE body = $1" place=`+place)
		if place, err = slow(d); err != nil {
			t.Fatal(err)
		}
		l.expectHabits(t, "slow", tookLong+`statement="SELECT 1, `+strings.Repeat("1, ", 64)+`…" place=`+place)
	})
}

func TestHabitsInProduction(t *testing.T) {
	t.Parallel()
	eachLogged(t, db.Config{}, func(t *testing.T, d *db.DB, l *logged) {
		err := d.Read(t.Context(), func(ctx context.Context, r *db.Reader) (err error) {
			for range 20 {
				err = errors.Join(err, readOne(ctx, r))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		l.expect(t, "in production")
	})
}

// The time in which a statement waits for its turn is not its own.
func TestWaitingIsNotSlow(t *testing.T) {
	t.Parallel()
	l := new(logged)
	d, err := db.Open(t.Context(), dbtest.SQLiteURL(t, migrations), db.Config{Development: true, Logger: slog.New(slog.NewTextHandler(l, nil))}, sqlite.Engine)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close(t.Context())
	holds, done := make(chan bool), make(chan error)
	go func() {
		done <- d.Do(context.Background(), func(ctx context.Context, s *db.Session) error {
			err := write(ctx, s, "one")
			close(holds)
			time.Sleep(300 * time.Millisecond)
			return err
		})
	}()
	<-holds
	err = errors.Join(d.Do(t.Context(), func(ctx context.Context, s *db.Session) error { return write(ctx, s, "two") }), <-done)
	if err != nil {
		t.Fatal(err)
	}
	if got := l.lines(); len(got) != 1 || !strings.HasPrefix(got[0], idle) {
		t.Errorf("logged %q, want only that the first session was idle", got)
	}
}
