package cli_test

import (
	"bytes"
	"context"
	"path/filepath"
	"testing"

	"github.com/terem-go/terem/internal/cli"
)

// An interruption of a copy says that what was copied stays, and not that nothing
// was changed.
func TestCopyInterrupted(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "shop.db")
	write(t, file, "")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out, complaint bytes.Buffer
	status := cli.Main(ctx, []string{"db", "copy", "sqlite:" + file, "postgres://ada@127.0.0.1:1/shop"}, &out, &complaint)
	if want := "error: interrupted: what was copied stays. Give the same command again to go on\n"; status != 130 || complaint.String() != want {
		t.Errorf("status %d, printed %s%s\nwant %s", status, &out, &complaint, want)
	}
}
