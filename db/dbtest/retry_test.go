package dbtest_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
)

// tries runs a session that writes n notes and returns how many of them each of
// its attempts wrote.
func tries(t testing.TB, d *db.DB, n int, opts ...db.Option) (wrote []int, hooks int) {
	t.Helper()
	err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
		s.AfterCommit(func(context.Context) { hooks++ })
		wrote = append(wrote, 0)
		for i := range n {
			if _, err := s.Exec(ctx, "INSERT INTO notes VALUES ($1)", fmt.Sprint("note ", i)); err != nil {
				return errors.New("made another")
			}
			wrote[len(wrote)-1]++
		}
		return nil
	}, opts...)
	if err != nil {
		t.Fatal(err)
	}
	return wrote, hooks
}

func TestRetry(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, notes("first"), func(t *testing.T, d *db.DB) {
		write(t, d, "before")
		dbtest.Retry(d)
		for _, c := range []struct {
			statements int
			opts       []db.Option
			want       []int
		}{
			{2, nil, []int{0, 1, 2, 2}},
			{2, []db.Option{db.Serializable, db.Attempts(2)}, []int{0, 1, 2, 2}},
			{2, []db.Option{db.Attempts(1)}, []int{2}},
			{0, nil, []int{0}},
			{16, nil, []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 16}},
			{17, nil, []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 17, 17}},
		} {
			before := len(bodies(t, d))
			wrote, hooks := tries(t, d, c.statements, c.opts...)
			if !cmp.Equal(wrote, c.want) || hooks != 1 {
				t.Errorf("the attempts at %d statements wrote %d, want %d, and %d hooks ran", c.statements, wrote, c.want, hooks)
			}
			if n := len(bodies(t, d)) - before; n != c.statements {
				t.Errorf("%d statements made %d rows", c.statements, n)
			}
		}
	})
}

// TestRetryVariable is about databases of the package, opened by it or by their
// URL.
func TestRetryVariable(t *testing.T) {
	t.Parallel()
	dbtest.PostgresURL(t, nil) // skips where there is no PostgreSQL
	for setting, want := range map[string]string{"": "[2]", "0": "[2]", "1": "[2 2]", "all": "[0 1 2 2]"} {
		out, ok := run(t, "retry", "TEREM_TEST_RETRY="+setting)
		if n := strings.Count(out, "the attempts wrote "+want+"\n"); !ok || n != 3 {
			t.Errorf("with TEREM_TEST_RETRY=%s, want %s three times, printed:\n%s", setting, want, out)
		}
	}
}
