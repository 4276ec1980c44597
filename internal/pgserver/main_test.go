package pgserver_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/terem-go/terem/internal/pgserver"
)

// childVariable makes the test binary a process that uses a server, for tests
// of how processes end: its value says which.
const childVariable = "PGSERVER_TEST_CHILD"

func TestMain(m *testing.M) {
	role := os.Getenv(childVariable)
	if role == "" {
		os.Exit(m.Run())
	}
	if err := beChild(context.Background(), role); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

func beChild(ctx context.Context, role string) error {
	if role == "impatient" {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, 100*time.Millisecond)
		defer cancel()
	}
	s, err := pgserver.Start(ctx, pgserver.Options{})
	if err != nil {
		return err
	}
	conn, err := pgx.Connect(ctx, s.URL("postgres"))
	if err != nil {
		return err
	}
	if err := conn.Ping(ctx); err != nil {
		return err
	}
	if role == "hold" {
		fmt.Println(s.URL("postgres"))
		_, err := io.Copy(io.Discard, os.Stdin)
		return err
	}
	return s.Stop()
}

// child prepares a process in a role, with directories of its own for
// temporary files and for the cache. Without a cache it has to run initdb.
func child(t *testing.T, role, temp, cache string) *exec.Cmd {
	t.Helper()
	requireServer(t)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), childVariable+"="+role, "TMPDIR="+temp, "XDG_CACHE_HOME="+cache, "HOME="+cache)
	return cmd
}

// openDir returns a temporary directory that the server's account may use too,
// which is not so for t.TempDir.
func openDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "pgserver-test-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	return dir
}

// await waits until a directory has as many entries as wanted.
func await(t *testing.T, dir string, count int) {
	t.Helper()
	var entries []string
	for range 3000 {
		if entries, _ = filepath.Glob(filepath.Join(dir, "*")); len(entries) == count {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("after 30 s there are %q, want %d", entries, count)
}

// requireServer skips the test on a machine without PostgreSQL, except where
// TEREM_TEST=all forbids it.
func requireServer(t *testing.T) {
	t.Helper()
	_, err := pgserver.FindBin(t.Context(), pgserver.UsualPlaces)
	if errors.Is(err, pgserver.ErrNotInstalled) && os.Getenv("TEREM_TEST") != "all" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func start(t *testing.T, o pgserver.Options) *pgserver.Server {
	t.Helper()
	requireServer(t)
	s, err := pgserver.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}
