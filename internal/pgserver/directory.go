package pgserver

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
)

// directories returns names for a server's directory, in the order to try
// them. A socket's path may have 103 bytes on macOS and 107 on Linux, so the
// system's place for temporary files may be too long, or it may be closed to the
// server's account.
func (o Options) directories() []string {
	const longest = 103 - len("/.s.PGSQL.65535")
	parents := []string{os.TempDir(), "/tmp"}
	if memory, ok := memoryDir(); ok && !o.Durable && os.Getenv("TMPDIR") == "" {
		parents = append([]string{memory}, parents...)
	}
	name := fmt.Sprintf("terem-pg-%08x", rand.Uint32())
	var dirs []string
	for _, parent := range slices.Compact(parents) {
		if dir := filepath.Join(parent, name); len(dir) <= longest {
			dirs = append(dirs, dir)
		}
	}
	return dirs
}
