package sqlite_test

import (
	"path/filepath"
	"sync"
	"testing"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/sqlite"
)

// Several programs may open a file that is not there yet: SQLite refuses all but
// one of those that change its journal at the same time, and does not wait.
func TestANewFileIsOpenedByMany(t *testing.T) {
	t.Parallel()
	for range 20 {
		url := "sqlite:" + filepath.Join(t.TempDir(), "shop.db")
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				d, err := db.Open(t.Context(), url, db.Config{}, sqlite.Engine)
				if err != nil {
					t.Error(err)
					return
				}
				if err := d.Close(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
	}
}
