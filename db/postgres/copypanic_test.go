package postgres_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/terem-go/terem/db"
)

// A function that gives the rows of a COPY and panics does so in the unit's goroutine
// instead of ending the process, and costs no connection.
func TestCopyPanics(t *testing.T) {
	t.Parallel()
	url := fresh(t)
	direct(t, url, "CREATE TABLE numbers (n int)")
	d := open(t, one(url))
	for range 3 {
		func() {
			defer func() {
				if p := fmt.Sprint(recover()); !strings.Contains(p, "no row") || !strings.Contains(p, "copypanic_test.go") {
					t.Errorf("the panic is %s", p)
				}
			}()
			_ = d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
				_, err := s.Copy(ctx, "numbers", []string{"n"}, func() ([]any, error) { panic("no row") })
				t.Errorf("Copy has returned %v", err)
				return err
			})
		}()
	}
	err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
		i := 0
		n, err := s.Copy(ctx, "numbers", []string{"n"}, func() ([]any, error) {
			if i++; i > 3 {
				return nil, nil
			}
			return []any{i}, nil
		})
		if n != 3 {
			t.Errorf("%d rows", n)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
