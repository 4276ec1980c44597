package sqlite_test

import (
	"context"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/db"
)

// When COMMIT fails because the disk does, nobody is told of a success and
// nobody tries again. A limit on the size of files, which holds for a whole
// process, stands in for the disk.
func TestDiskFailsAtCommit(t *testing.T) {
	t.Parallel()
	const inside = "TEREM_TEST_LIMIT"
	if os.Getenv(inside) == "" {
		c := exec.CommandContext(t.Context(), must(os.Executable())(t), "-test.run=^TestDiskFailsAtCommit$", "-test.v")
		c.Env = append(os.Environ(), inside+"=1")
		if out, err := c.CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
		return
	}
	signal.Ignore(syscall.SIGXFSZ)
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Fatal(err)
	}
	set := func(soft uint64) {
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: soft, Max: limit.Max}); err != nil {
			t.Error(err)
		}
	}
	d, path := patient(t, "")
	wal := must(os.Stat(path + "-wal"))(t).Size()
	ran, units := make([]int, 3), make([]session, 3)
	for i := range units {
		units[i] = func(ctx context.Context, s *db.Session) error {
			ran[i]++
			set(uint64(wal))
			return adds(i)(ctx, s)
		}
	}
	ended := meet(t, d, units...)
	set(limit.Cur)
	for i, err := range ended {
		if db.ClassOf(err) != db.Full {
			t.Errorf("unit %d: %v", i, err)
		}
	}
	if diff := cmp.Diff([]int{1, 1, 1}, ran); diff != "" {
		t.Errorf("attempts (-want +got):\n%s", diff)
	}
	for i, err := range meet(t, d, adds(3), adds(4)) {
		if err != nil {
			t.Errorf("unit %d with a disk that works again: %v", i, err)
		}
	}
	if diff := cmp.Diff([]int{3, 4}, arrived(t, d)); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
}
