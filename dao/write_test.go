package dao_test

import (
	"context"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/db"
)

func TestInsertFillsInWhatIsGenerated(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, s *db.Session) {
		before := time.Now().UTC().Truncate(time.Microsecond)
		u := user{Email: "a@example.com", Age: 5}
		must(t, users.Insert(ctx, s, &u))
		after := time.Now().UTC()
		if u.ID != 1 {
			t.Errorf("id %d, want 1", u.ID)
		}
		for name, at := range map[string]time.Time{"created": u.CreatedAt, "updated": u.UpdatedAt} {
			if at.Before(before) || at.After(after) || at.Location() != time.UTC || at != at.Truncate(time.Microsecond) {
				t.Errorf("%s at %v, want UTC microseconds between %v and %v", name, at, before, after)
			}
		}
		got, err := users.Get(ctx, s, u.ID)
		must(t, err)
		if d := cmp.Diff(&u, got); d != "" {
			t.Errorf("what Insert left and what Get returns (-insert +get):\n%s", d)
		}
	})
}

func TestInsertKeepsWhatIsSet(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, s *db.Session) {
		long := time.Date(2020, 5, 6, 7, 8, 9, 123456789, time.FixedZone("", 3600))
		u := user{ID: 77, Email: "a@example.com", CreatedAt: long, UpdatedAt: long}
		must(t, users.Insert(ctx, s, &u))
		got, err := users.Get(ctx, s, 77)
		must(t, err)
		if want := time.Date(2020, 5, 6, 6, 8, 9, 123456000, time.UTC); got.CreatedAt != want || u.CreatedAt != want {
			t.Errorf("created at %v in the table and %v in the struct, want %v", got.CreatedAt, u.CreatedAt, want)
		}
		if got.UpdatedAt != u.UpdatedAt || time.Since(got.UpdatedAt) > time.Hour {
			t.Errorf("updated at %v in the table and %v in the struct, want now", got.UpdatedAt, u.UpdatedAt)
		}
	})
}

func TestInsertIntoATableOfKeysOnly(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, s *db.Session) {
		a, b := number{}, number{}
		must(t, numbers.Insert(ctx, s, &a))
		must(t, numbers.Insert(ctx, s, &b))
		if a.ID != 1 || b.ID != 2 {
			t.Errorf("ids %d and %d, want 1 and 2", a.ID, b.ID)
		}
		if err := numbers.Update(ctx, s, &a); err == nil || !strings.Contains(err.Error(), "numbers has no columns to write") {
			t.Errorf("an update of nothing: %v", err)
		}
	})
}

// A trigger that inserts rows elsewhere has numbers of its own.
func TestInsertFillsInTheNumberOfItsOwnRow(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, s *db.Session) {
		for i := range 3 {
			must(t, numbers.Insert(ctx, s, &number{ID: int32(100 + i)}))
		}
		sql := []string{"CREATE TRIGGER more AFTER INSERT ON users BEGIN INSERT INTO numbers (id) VALUES (1000 + NEW.id), (2000 + NEW.id); END"}
		if s.Dialect() == db.Postgres {
			sql = []string{
				"CREATE FUNCTION more() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO numbers (id) VALUES (1000 + NEW.id), (2000 + NEW.id); RETURN NEW; END'",
				"CREATE TRIGGER more AFTER INSERT ON users FOR EACH ROW EXECUTE FUNCTION more()",
			}
		}
		for _, text := range sql {
			_, err := s.Exec(ctx, text)
			must(t, err)
		}
		u := user{Email: "a@example.com"}
		must(t, users.Insert(ctx, s, &u))
		list := []user{{Email: "b@example.com"}, {Email: "c@example.com"}}
		must(t, users.InsertMany(ctx, s, list))
		for _, u := range append(list, u) {
			if got, err := users.Get(ctx, s, u.ID); err != nil || got.Email != u.Email {
				t.Errorf("the row %d is %v, %v, want %s", u.ID, got, err, u.Email)
			}
		}
		if n, err := numbers.Count(ctx, s); n != 9 || err != nil {
			t.Errorf("%d numbers, %v: the trigger has not run three times", n, err)
		}
	})
}

// SQLite numbers rows beyond what the key's type holds.
func TestInsertRefusesANumberThatDoesNotFit(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, s *db.Session) {
		if s.Dialect() == db.SQLite {
			must(t, numbers.Insert(ctx, s, &number{ID: math.MaxInt32}))
		} else {
			_, err := s.Exec(ctx, "ALTER TABLE numbers ALTER id TYPE bigint, ALTER id RESTART 2147483648, ALTER id SET MAXVALUE 9223372036854775807")
			must(t, err)
		}
		n := number{}
		if err := nested(ctx, s, func() error { return numbers.Insert(ctx, s, &n) }); err == nil || n.ID != 0 {
			t.Errorf("inserted %d, %v", n.ID, err)
		}
		many := make([]number, 2)
		if err := numbers.InsertMany(ctx, s, many); err == nil || !strings.Contains(err.Error(), "of a new row of numbers does not fit into its key, int32") {
			t.Errorf("inserted %v, %v", many, err)
		}
	})
}

func TestInsertTellsOfARowThatTheDatabaseDropped(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, s *db.Session) {
		if s.Dialect() == db.SQLite {
			_, err := s.Exec(ctx, "CREATE TRIGGER no BEFORE INSERT ON users BEGIN SELECT RAISE(IGNORE); END")
			must(t, err)
		} else {
			_, err := s.Exec(ctx, "CREATE RULE no AS ON INSERT TO numbers DO INSTEAD NOTHING")
			must(t, err)
			_, err = s.Exec(ctx, "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'")
			must(t, err)
			_, err = s.Exec(ctx, "CREATE TRIGGER no BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION no()")
			must(t, err)
		}
		for _, id := range []int64{0, 5} {
			err := users.Insert(ctx, s, &user{ID: id, Email: "a@example.com"})
			if err == nil || !strings.Contains(err.Error(), "dropped the row") {
				t.Errorf("id %d: error %v", id, err)
			}
		}
	})
}

func TestUpdateWritesTheWholeRowButItsBirth(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, s *db.Session) {
		name := "Ann"
		u, other := user{Email: "a@example.com", Name: &name, Age: 5}, user{Email: "b@example.com"}
		must(t, users.Insert(ctx, s, &u))
		must(t, users.Insert(ctx, s, &other))
		changed := user{ID: u.ID, Email: "c@example.com", UpdatedAt: time.Unix(0, 0)}
		must(t, users.Update(ctx, s, &changed))
		got, err := users.Get(ctx, s, u.ID)
		must(t, err)
		want := user{ID: u.ID, Email: "c@example.com", CreatedAt: u.CreatedAt, UpdatedAt: changed.UpdatedAt}
		if d := cmp.Diff(&want, got); d != "" {
			t.Errorf("updated row (-want +got):\n%s", d)
		}
		if got.UpdatedAt.Before(u.UpdatedAt) {
			t.Errorf("updated at %v, before %v", got.UpdatedAt, u.UpdatedAt)
		}
		if got, err = users.Get(ctx, s, other.ID); err != nil || !cmp.Equal(&other, got) {
			t.Errorf("another row was changed: %+v, %v", got, err)
		}
	})
}

func TestUpdateWritesTheNamedColumns(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, s *db.Session) {
		u := user{Email: "a@example.com", Age: 5}
		must(t, users.Insert(ctx, s, &u))
		name := "Ann"
		changed := user{ID: u.ID, Email: "not written", Name: &name, Age: 6}
		must(t, users.Update(ctx, s, &changed, "age", "name"))
		got, err := users.Get(ctx, s, u.ID)
		must(t, err)
		want := user{ID: u.ID, Email: "a@example.com", Name: &name, Age: 6, CreatedAt: u.CreatedAt, UpdatedAt: changed.UpdatedAt}
		if d := cmp.Diff(&want, got); d != "" {
			t.Errorf("updated row (-want +got):\n%s", d)
		}
		for _, c := range []struct {
			columns []string
			want    string
		}{
			{[]string{"nope"}, `dao: Update: users has no column "nope"`},
			{[]string{`age" = 1 --`}, `dao: Update: users has no column "age\" = 1 --"`},
			{[]string{"id"}, "id is part of the key of users"},
			{[]string{"age", "age"}, "age is named twice"},
		} {
			if err := users.Update(ctx, s, &u, c.columns...); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%q: error %v, want …%s…", c.columns, err, c.want)
			}
		}
		created := user{ID: u.ID, CreatedAt: time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)}
		must(t, users.Update(ctx, s, &created, "created_at"))
		if got, err = users.Get(ctx, s, u.ID); err != nil || got.CreatedAt != created.CreatedAt {
			t.Errorf("created at %v, %v: a created stamp that is named is not written", got.CreatedAt, err)
		}
	})
}

func TestRowsThatAreGone(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, s *db.Session) {
		u := user{Email: "a@example.com"}
		must(t, users.Insert(ctx, s, &u))
		must(t, users.Delete(ctx, s, u.ID))
		wantNotFound(t, users.Delete(ctx, s, u.ID), "users.not_found")
		wantNotFound(t, users.Update(ctx, s, &u), "users.not_found")
		wantNotFound(t, users.Update(ctx, s, &u, "age"), "users.not_found")
		_, err := users.Get(ctx, s, u.ID)
		wantNotFound(t, err, "users.not_found")
	})
}

func TestCompositeKeysAndKeywords(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, s *db.Session) {
		a, b := order{"north", 1, "first"}, order{"north", 0, "zero"}
		must(t, orders.Insert(ctx, s, &a))
		must(t, orders.Insert(ctx, s, &b))
		a.Select = "changed"
		must(t, orders.Update(ctx, s, &a))
		got, err := orders.Get(ctx, s, "north", 1)
		if err != nil || *got != a {
			t.Errorf("got %v, %v, want %v", got, err, a)
		}
		must(t, orders.Delete(ctx, s, "north", 1))
		if rest, err := orders.Find(ctx, s); err != nil || !cmp.Equal(rest, []order{b}) {
			t.Errorf("left are %v, %v, want %v", rest, err, b)
		}
		wantNotFound(t, orders.Delete(ctx, s, "south", 0), "order.not_found")
	})
}
