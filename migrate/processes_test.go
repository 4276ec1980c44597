package migrate_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/pressly/goose/v3/lock"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/db/postgres"
	"github.com/terem-go/terem/db/sqlite"
	"github.com/terem-go/terem/migrate"
)

// These make this test program a process that applies the slow migrations to
// a database, or one that never finishes them, and prints how many it applied.
const (
	urlVariable     = "TEREM_MIGRATE_TEST_URL"
	endlessVariable = "TEREM_MIGRATE_TEST_ENDLESS"
)

func TestMain(m *testing.M) {
	url := os.Getenv(urlVariable)
	if url == "" {
		os.Exit(m.Run())
	}
	n, err := applySlow(context.Background(), url, os.Getenv(endlessVariable) != "")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(n)
}

// slowFiles is how many slow migrations there are, changes how many of them add
// one to the counter.
const slowFiles, changes = 6, 5

// slow returns migrations that take a while and must not run twice. The last
// has no transaction; when endless, the second makes the table begun at once and
// does not finish.
func slow(endless bool) fstest.MapFS {
	f := files("1_counter.sql", "-- +goose Up\nCREATE TABLE counter (n INTEGER);\nINSERT INTO counter VALUES (0);\n")
	for i := 2; i <= slowFiles; i++ {
		head, rows := "-- +goose Up\n", "20000"
		if i == slowFiles {
			head = "-- +goose NO TRANSACTION\n" + head
		}
		if endless && i == 2 {
			head, rows = "-- +goose NO TRANSACTION\n"+head+"CREATE TABLE begun (n INTEGER);\n", "1e15"
		}
		for dialect, wait := range map[string]string{
			"sqlite":   "WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < " + rows + ") SELECT count(*) FROM c;\n",
			"postgres": "SELECT pg_sleep(0.03);\n",
		} {
			text := head + wait + "UPDATE counter SET n = n + 1;\n"
			f[fmt.Sprintf("%s/%d_add.sql", dialect, i)] = &fstest.MapFile{Data: []byte(text)}
		}
	}
	return f
}

// applySlow applies the slow migrations and returns how many it applied.
func applySlow(ctx context.Context, url string, endless bool) (n int, err error) {
	log := slog.New(slog.DiscardHandler)
	d, err := db.Open(ctx, url, db.Config{Logger: log}, sqlite.Engine, postgres.Engine)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, d.Close(ctx)) }()
	m, err := migrate.New(d, slow(endless), migrate.Config{Logger: log})
	if err != nil {
		return 0, err
	}
	applied, err := m.Up(ctx)
	return len(applied), err
}

// process returns this program as one that applies the slow migrations.
func process(t *testing.T, url string, more ...string) *exec.Cmd {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), program)
	c.Env = append(os.Environ(), append(more, urlVariable+"="+url)...)
	c.Stderr = t.Output()
	return c
}

func TestManyProcessesAtOnce(t *testing.T) {
	t.Parallel()
	for dialect, url := range map[string]func(testing.TB) string{
		"sqlite":   func(t testing.TB) string { return dbtest.SQLiteURL(t, nil) },
		"postgres": func(t testing.TB) string { return dbtest.PostgresURL(t, nil) },
	} {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			url := url(t)
			var all sync.WaitGroup
			var mu sync.Mutex
			total := 0
			add := func(n int, err error) {
				mu.Lock()
				defer mu.Unlock()
				if err != nil {
					t.Error(err)
				}
				total += n
			}
			for range 3 {
				all.Go(func() {
					out, err := process(t, url).Output()
					n, bad := strconv.Atoi(strings.TrimSpace(string(out)))
					add(n, errors.Join(err, bad))
				})
				all.Go(func() { add(applySlow(t.Context(), url, false)) })
			}
			all.Wait()
			if total != slowFiles {
				t.Errorf("%d migrations were applied, want %d", total, slowFiles)
			}
			if n := counter(t, url); n != changes {
				t.Errorf("the counter is at %d, want %d", n, changes)
			}
		})
	}
}

// counter returns what the slow migrations counted.
func counter(t *testing.T, url string) (n int) {
	t.Helper()
	d, err := db.Open(t.Context(), url, db.Config{}, sqlite.Engine, postgres.Engine)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close(context.Background())
	err = d.Read(t.Context(), func(ctx context.Context, r *db.Reader) error {
		return r.QueryRow(ctx, "SELECT n FROM counter").Scan(&n)
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// checkWaits checks that the slow migrations wait until their context ends.
func checkWaits(t *testing.T, d *db.DB) {
	t.Helper()
	m := newMigrator(t, d, slow(false))
	if _, err := m.Pending(t.Context()); err != nil { // so that there is a connection for Up to look with
		t.Fatal(err)
	}
	short, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	done, err := m.Up(short)
	if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "another process may be migrating") || done != nil {
		t.Errorf("while another process migrates: %d applied, %v", len(done), err)
	}
}

// TestWaitingForAnotherProcess holds PostgreSQL's lock as goose does.
func TestWaitingForAnotherProcess(t *testing.T) {
	t.Parallel()
	url := dbtest.PostgresURL(t, nil)
	d, err := db.Open(t.Context(), url, db.Config{}, postgres.Engine)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close(t.Context())
	other, err := d.Migrator()
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if _, err := other.ExecContext(t.Context(), "SELECT pg_advisory_lock($1)", lock.DefaultLockID); err != nil {
		t.Fatal(err)
	}
	checkWaits(t, d)
	time.AfterFunc(100*time.Millisecond, func() { _ = other.Close() })
	if n, err := applySlow(t.Context(), url, false); n != slowFiles || err != nil {
		t.Errorf("when it ends: %d applied, %v", n, err)
	}
}

// TestAProcessThatDiesFreesTheLock also shows that the others wait for as long as
// their contexts allow. On PostgreSQL the server frees the lock.
func TestAProcessThatDiesFreesTheLock(t *testing.T) {
	t.Parallel()
	url := dbtest.SQLiteURL(t, nil)
	endless := process(t, url, endlessVariable+"=1")
	if err := endless.Start(); err != nil {
		t.Fatal(err)
	}
	d, err := db.Open(t.Context(), url, db.Config{}, sqlite.Engine)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close(t.Context())
	for i := 0; !has(t, d, "begun"); i++ {
		if i == 1000 {
			t.Fatal("the other process did not begin")
		}
		time.Sleep(10 * time.Millisecond)
	}

	checkWaits(t, d)
	if err := endless.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = endless.Wait() // it was killed
	if n, err := applySlow(t.Context(), url, false); n != slowFiles-1 || err != nil {
		t.Errorf("after its end: %d applied, %v", n, err)
	}
	if n := counter(t, url); n != changes {
		t.Errorf("the counter is at %d, want %d", n, changes)
	}
}

// The lock is nobody else's: who can open it could keep others from migrating.
func TestTheLockIsForItsUser(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "shop.db")
	d, err := db.Open(t.Context(), "sqlite:"+path, db.Config{}, sqlite.Engine)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close(context.WithoutCancel(t.Context()))
	mustUp(t, newMigrator(t, d, files("00001_notes.sql", table("notes"))))
	if info, err := os.Stat(path + "-migrate"); err != nil || info.Mode() != 0o600 {
		t.Errorf("the lock's file: %v, %v; want -rw-------", info, err)
	}
}
