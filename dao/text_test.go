package dao_test

import (
	"context"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"github.com/terem-go/terem/dao"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
)

// texts collects the statements that are sent.
type texts struct {
	mu   sync.Mutex
	sent map[string]int
}

func (x *texts) Begin(ctx context.Context, _ *db.Attempt) context.Context { return ctx }
func (x *texts) After(context.Context, *db.Attempt, error)                {}
func (x *texts) End(context.Context, *db.Attempt)                         {}

func (x *texts) Before(ctx context.Context, a *db.Attempt) (context.Context, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.sent[a.SQL]++
	return ctx, nil
}

// Whatever the values are, and however many, a place in a program sends one text,
// which a connection prepares once, and no value stands in it.
func TestTextsDoNotDependOnValues(t *testing.T) {
	t.Parallel()
	migrations, err := fs.Sub(testdata, "testdata")
	must(t, err)
	dbtest.Each(t, migrations, func(t *testing.T, d *db.DB) {
		x := &texts{sent: map[string]int{}}
		d.Observe(x)
		places := map[string]func(ctx context.Context, s *db.Session, i int) error{
			"Get": func(ctx context.Context, s *db.Session, i int) error {
				_, err := numbers.Get(ctx, s, 4000+i)
				return err
			},
			"Find": func(ctx context.Context, s *db.Session, i int) error {
				ids := make([]int, i)
				_, err := users.Find(ctx, s, dao.In("id", ids), dao.Eq("email", fmt.Sprint("text", i)), dao.Where("age > $1 OR name = $2", 5000+i, "text"), dao.Limit(6000+i))
				return err
			},
			"Filter": func(ctx context.Context, s *db.Session, i int) error {
				_, err := papers.Find(ctx, s, dao.Filter(paperFilter{Number: yes(7000 + i), IDs: yes(make([]int, i))}))
				return err
			},
			"Scope": func(ctx context.Context, s *db.Session, i int) error {
				_, err := papers.Scope("author_id", uuid.New()).Count(ctx, s)
				return err
			},
			"Patch": func(ctx context.Context, s *db.Session, i int) error {
				return users.Patch(ctx, s, 8000+i, dao.Set("age", i), dao.Set("email", fmt.Sprint("text", i)))
			},
			"Load": func(ctx context.Context, s *db.Session, i int) error {
				_, err := dao.Load(ctx, s, papers, "number", make([]int, i+1))
				return err
			},
		}
		for name, place := range places {
			clear(x.sent)
			err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
				for i := range 20 {
					if err := place(ctx, s, i); err != nil && !strings.Contains(err.Error(), "not_found") {
						return err
					}
				}
				return nil
			})
			delete(x.sent, "COMMIT")
			if err != nil || len(x.sent) != 1 {
				t.Errorf("%s: %v, texts %v", name, err, x.sent)
			}
			for sql := range x.sent {
				if strings.Contains(sql, "000") || strings.Contains(sql, "text") {
					t.Errorf("%s: a value stands in %s", name, sql)
				}
			}
		}
	})
}
