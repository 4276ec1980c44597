package app_test

import (
	"encoding/json"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/internal/processtest"
)

// A limit for the size of files stands for a full disk: SQLite sees a write
// that fails.
func TestServeOnFullDisk(t *testing.T) {
	t.Parallel()
	cmd := program(t, dbtest.SQLiteURL(t, migrations), nil)
	p := processtest.Start(t, cmd)
	c := &processtest.Client{Addr: p.Addr(t)}
	defer c.Close()
	limit := func(bytes uint64) {
		t.Helper()
		if err := unix.Prlimit(cmd.Process.Pid, unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: bytes, Max: unix.RLIM_INFINITY}, nil); err != nil {
			t.Fatal(err)
		}
	}
	text := strings.Repeat("x", 64<<10)
	post := func() processtest.Response {
		t.Helper()
		return do(t, c, "POST", "/api/notes", map[string]any{"text": text})
	}
	for round := range 2 {
		limit(512 << 10)
		kept := 0
		r := post()
		for ; r.Status == 200 && kept < 20; r = post() {
			kept++
		}
		var problem struct{ Code string }
		if err := json.Unmarshal(r.Body, &problem); err != nil || r.Status != 503 || problem.Code != "db.full" || r.Header.Get("Retry-After") != "30" {
			t.Fatalf("round %d, after %d notes: status %d, header %v\n%s", round, kept, r.Status, r.Header, r.Body)
		}
		if r := do(t, c, "GET", "/readyz", nil); r.Status != 200 {
			t.Errorf("/readyz while reading goes on: status %d\n%s", r.Status, r.Body)
		}
		before := len(do(t, c, "GET", "/api/notes", nil).Body)
		if r := post(); r.Status != 503 {
			t.Errorf("a second write: status %d", r.Status)
		}
		limit(unix.RLIM_INFINITY)
		if r := post(); r.Status != 200 {
			t.Fatalf("with room again: status %d\n%s", r.Status, r.Body)
		}
		r = do(t, c, "GET", "/api/notes", nil)
		if grown := len(r.Body) - before; r.Status != 200 || grown < len(text) || grown > len(text)+3 {
			t.Errorf("status %d, the notes grew by %d bytes, want one of %d", r.Status, grown, len(text))
		}
	}
	if lines := p.Log.Lines(`"stack"`); len(lines) > 0 {
		t.Errorf("a full disk is logged with a stack trace: %s", lines[0])
	}
}
