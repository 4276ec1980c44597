package sqlite_test

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/sqlite"
)

// asNobody runs f on a thread whose file accesses are those of a user without
// rights of its own, also if the test runs as root. The thread ends with f.
func asNobody(t *testing.T, f func()) {
	t.Helper()
	const nobody = 65534
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread()
		if os.Geteuid() == 0 {
			_, _, _ = syscall.RawSyscall(syscall.SYS_SETFSUID, nobody, 0, 0)
		}
		f()
	}()
	<-done
}

// shared returns a folder in which everybody may do everything.
func shared(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, d := range []string{filepath.Dir(dir), dir} {
		if err := os.Chmod(d, 0o777); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// What the engine creates is for the program's user alone: it holds hashes of passwords.
// The mode of a file that is there stays.
func TestFilesAreForTheirUser(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]os.FileMode{"new": 0o600, "there": 0o640} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "a.db")
			if name == "there" {
				if err := os.WriteFile(path, nil, want); err != nil {
					t.Fatal(err)
				}
			}
			d, err := db.Open(t.Context(), "sqlite:"+path, db.Config{}, sqlite.Engine)
			if err != nil {
				t.Fatal(err)
			}
			err = d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
				_, err := s.Exec(ctx, "CREATE TABLE notes (id INTEGER PRIMARY KEY)")
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			for _, file := range []string{path, path + "-wal", path + "-shm"} {
				if info, err := os.Stat(file); err != nil || info.Mode() != want {
					t.Errorf("%s: %v, %v; want %v", file, info, err, want)
				}
			}
			if err := d.Close(context.WithoutCancel(t.Context())); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestPermissions(t *testing.T) {
	t.Parallel()
	const want = ": the file and its folder must be readable and writable for this user"
	tests := map[string]struct{ file, folder os.FileMode }{
		"read-only file":   {0o444, 0o777},
		"no access":        {0, 0o777},
		"read-only folder": {0o666, 0o555},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(shared(t), "a.db")
			d, err := db.Open(t.Context(), "sqlite:"+path, db.Config{}, sqlite.Engine)
			if err == nil {
				err = d.Close(t.Context())
			}
			if err == nil {
				err = os.Chmod(path, test.file)
			}
			if err == nil {
				err = os.Chmod(filepath.Dir(path), test.folder)
			}
			if err != nil {
				t.Fatal(err)
			}
			asNobody(t, func() {
				_, err := db.Open(context.Background(), "sqlite:"+path, db.Config{}, sqlite.Engine)
				if err == nil || !strings.Contains(err.Error(), path+want) {
					t.Errorf("got %v", err)
				}
			})
			if err := os.Chmod(filepath.Dir(path), 0o777); err != nil { // so that it can be removed
				t.Error(err)
			}
		})
	}
	t.Run("no folder for files", func(t *testing.T) {
		t.Parallel()
		_, err := db.Open(t.Context(), "sqlite:/sys/kernel/a.db", db.Config{}, sqlite.Engine)
		if err == nil || !strings.Contains(err.Error(), "/sys/kernel/a.db"+want) {
			t.Errorf("got %v", err)
		}
	})
}
