package postgres_test

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/postgres"
	"github.com/terem-go/terem/internal/faultproxy"
	"github.com/terem-go/terem/internal/pgserver"
)

// TestOutcomeOfEachWayToWrite loses the answer to COMMIT after each of them.
func TestOutcomeOfEachWayToWrite(t *testing.T) {
	t.Parallel()
	p, direct, url := newProxy(t, pgserver.Options{})
	straight := open(t, direct)
	do(t, straight, "CREATE TABLE lines (id int)",
		"CREATE FUNCTION add(id int) RETURNS void LANGUAGE sql AS 'INSERT INTO lines VALUES (id)'",
		"CREATE PROCEDURE put(id int) LANGUAGE sql AS 'INSERT INTO lines VALUES (id)'")
	exec := func(sql string, args ...any) func(context.Context, *db.Session) error {
		return func(ctx context.Context, s *db.Session) error {
			_, err := s.Exec(ctx, sql, args...)
			return err
		}
	}
	copyFrom := func(ctx context.Context, s *db.Session) error {
		_, err := postgres.Native(s).CopyFrom(ctx, pgx.Identifier{"lines"}, []string{"id"}, pgx.CopyFromRows([][]any{{1}}))
		return err
	}
	batch := func(ctx context.Context, s *db.Session) error {
		b := &pgx.Batch{}
		b.Queue("SELECT 1")
		b.Queue("INSERT INTO lines VALUES (1)")
		return postgres.Native(s).SendBatch(ctx, b).Close()
	}
	read := exec("SELECT count(*) FROM lines")
	for name, c := range map[string]struct {
		steps   []func(context.Context, *db.Session) error
		unknown bool
	}{
		"Exec":                       {steps: steps(exec("INSERT INTO lines VALUES (1)"))},
		"Exec, later":                {steps: steps(read, exec("insert into lines values (1)"), read)},
		"a comment before it":        {steps: steps(exec("-- name: Add :exec\n/* one */ INSERT INTO lines VALUES (1)"))},
		"WITH":                       {steps: steps(exec("WITH n AS (SELECT 1 AS id) INSERT INTO lines SELECT id FROM n"))},
		"CALL":                       {steps: steps(exec("CALL put(1)"))},
		"rows":                       {steps: steps(rowsOf("INSERT INTO lines VALUES (1) RETURNING id", true))},
		"rows left open":             {steps: steps(rowsOf("INSERT INTO lines VALUES (1) RETURNING id", false))},
		"nothing, then something":    {steps: steps(exec("DELETE FROM lines WHERE id = -1"), exec("INSERT INTO lines VALUES (1)"))},
		"the simple protocol":        {steps: steps(exec("INSERT INTO lines VALUES ($1)", pgx.QueryExecModeSimpleProtocol, 1))},
		"options of pgx":             {steps: steps(exec("INSERT INTO lines VALUES ($1)", pgx.QueryExecModeExec, 1))},
		"names":                      {steps: steps(exec("INSERT INTO lines VALUES (@id)", pgx.NamedArgs{"id": 1}))},
		"Nested":                     {steps: steps(nested(exec("INSERT INTO lines VALUES (1)")))},
		"CopyFrom":                   {steps: steps(copyFrom)},
		"CopyFrom, then a statement": {steps: steps(read, copyFrom, read)},
		"a batch":                    {steps: steps(batch)},
		"a batch, later":             {steps: steps(read, batch)},
		"CopyFrom, later":            {steps: steps(read, copyFrom)},
		"a function":                 {steps: steps(exec("SELECT add(1)")), unknown: true},
	} {
		t.Run(name, func(t *testing.T) {
			d := open(t, one(url))
			do(t, d, "DELETE FROM lines")
			p.AtCommit(faultproxy.CutAfter)
			defer p.AtCommit(faultproxy.None)
			err := d.Do(limited(t), func(ctx context.Context, s *db.Session) error {
				for _, f := range c.steps {
					if err := f(ctx, s); err != nil {
						return err
					}
				}
				return nil
			})
			if (err != nil) != c.unknown || c.unknown && db.ClassOf(err) != db.Lost {
				t.Errorf("Do returned %v", err)
			}
			if n := value[int](t, straight, "SELECT count(*) FROM lines"); n != 1 {
				t.Errorf("%d rows are there", n)
			}
		})
	}
}

func steps(f ...func(context.Context, *db.Session) error) []func(context.Context, *db.Session) error {
	return f
}

func nested(f func(context.Context, *db.Session) error) func(context.Context, *db.Session) error {
	return func(ctx context.Context, s *db.Session) error { return s.Nested(ctx, f) }
}

// rowsOf runs a query, and reads its rows or leaves them open.
func rowsOf(sql string, read bool) func(context.Context, *db.Session) error {
	return func(ctx context.Context, s *db.Session) error {
		rows, err := s.Query(ctx, sql)
		if err != nil || !read {
			return err
		}
		for rows.Next() {
		}
		return rows.Err()
	}
}

// Arguments that do not fit are noticed before anything is sent, and end no more
// than the part that they are in, although a question travels with them.
func TestUnsentStatementsThatWrite(t *testing.T) {
	t.Parallel()
	d := open(t, one(fresh(t)))
	do(t, d, notes)
	before := backend(t, d)
	err := d.Do(limited(t), func(ctx context.Context, s *db.Session) error {
		if _, err := s.Exec(ctx, "SELECT 1"); err != nil {
			return err
		}
		failed := s.Nested(ctx, func(ctx context.Context, s *db.Session) error {
			_, err := s.Exec(ctx, "INSERT INTO notes (id) VALUES ($1)", int64(99999999999))
			return err
		})
		if db.ClassOf(failed) != db.Data {
			t.Errorf("Nested returned %v", failed)
		}
		return insert(ctx, s, 1)
	})
	if err != nil || value[int](t, d, "SELECT count(*) FROM notes") != 1 || backend(t, d) != before {
		t.Errorf("Do returned %v", err)
	}
}

// The server may be at work for a while after its client has gone.
func TestOutcomeIsWaitedFor(t *testing.T) {
	t.Parallel()
	p, direct, url := newProxy(t, pgserver.Options{})
	d := open(t, one(url))
	do(t, d, notes,
		"CREATE FUNCTION slowly() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.5); RETURN NULL; END $$",
		"CREATE CONSTRAINT TRIGGER slowly AFTER INSERT ON notes DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION slowly()")
	p.AtCommit(faultproxy.CutSent)
	closed := make(chan error, 1)
	attempts := 0
	err := d.Do(limited(t), func(ctx context.Context, s *db.Session) error {
		attempts++
		time.AfterFunc(200*time.Millisecond, func() { closed <- d.Close(context.Background()) }) // which waits, too
		return insert(ctx, s, 1)
	})
	if err := <-closed; err != nil {
		t.Error(err)
	}
	if n := value[int](t, open(t, direct), "SELECT count(*) FROM notes"); err != nil || attempts != 1 || n != 1 {
		t.Errorf("%d rows after %d attempts, %v", n, attempts, err)
	}
}

// A COMMIT that stopped waiting for a standby because its process was ended is
// done, but on this server alone.
func TestOutcomeWithoutAStandby(t *testing.T) {
	t.Parallel()
	p, direct, url := newProxy(t, pgserver.Options{Settings: map[string]string{"synchronous_standby_names": "ghost"}})
	straight := open(t, with(direct, "synchronous_commit=local"))
	do(t, straight, notes)
	d := openWith(t, with(one(url), "synchronous_commit=on"), db.Config{CommitTimeout: 3 * time.Second})
	if err := d.Ping(limited(t)); err != nil {
		t.Fatal(err)
	}
	p.AtCommit(faultproxy.CutSent)
	result := make(chan error, 1)
	start := time.Now()
	go func() {
		result <- d.Do(limited(t), func(ctx context.Context, s *db.Session) error { return insert(ctx, s, 1) })
	}()
	const waiting = "FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND query = 'commit'"
	eventually(t, "COMMIT waits", func() bool { return value[int](t, straight, "SELECT count(*) "+waiting) == 1 })
	do(t, straight, "SELECT pg_terminate_backend(pid, 5000) "+waiting)
	if err := <-result; db.ClassOf(err) != db.Lost {
		t.Errorf("Do returned %v", err)
	}
	if took := time.Since(start); took > 8*time.Second {
		t.Errorf("it took %v", took)
	}
	p.AtCommit(faultproxy.None)
	if n := value[int](t, straight, "SELECT count(*) FROM notes"); n != 1 {
		t.Errorf("%d rows are there", n)
	}
}
