package dao_test

import (
	"context"
	"database/sql"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/terem-go/terem/dao"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/errs"
)

type momentFilter struct {
	From given[time.Time] `query:"p_moment[gte]"`
	To   given[time.Time] `query:"p_moment[lte]"`
	At   given[time.Time] `query:"p_moment"`
}

// A time that is in the year 10000 in UTC, or before the year 0, is what a client may
// send and no JSON can show: it is refused on both engines, and compared with all the
// same.
func TestTimesBeyondAllYears(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, s *db.Session) {
		late := time.Date(9999, 12, 31, 23, 59, 59, 0, time.FixedZone("", -14*3600))
		early := time.Date(0, 1, 1, 0, 0, 0, 0, time.FixedZone("", 14*3600))
		for _, at := range []time.Time{late, early} {
			for name, o := range map[string]optional{"p_moment": {PMoment: &at}, "n_moment": {NMoment: some(at)}} {
				err := nested(ctx, s, func() error { return optionals.Insert(ctx, s, &o) })
				if e := errs.From(err); e.Kind != errs.Invalid || e.Code != "optionals."+name+"_invalid" {
					t.Errorf("%s of %s: %v", name, at, err)
				}
			}
		}
		first, last := time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 999999000, time.UTC)
		one, two := optional{PMoment: &first}, optional{PMoment: &last}
		must(t, optionals.Insert(ctx, s, &one))
		must(t, optionals.Insert(ctx, s, &two))
		must(t, optionals.Insert(ctx, s, &optional{}))
		for _, c := range []struct {
			f    momentFilter
			want int64
		}{
			{momentFilter{To: yes(late)}, 2}, {momentFilter{From: yes(late)}, 0}, {momentFilter{To: yes(early)}, 0},
			{momentFilter{From: yes(early)}, 2}, {momentFilter{At: yes(late)}, 0}, {momentFilter{From: yes(first), To: yes(last)}, 2},
		} {
			if n, err := optionals.Count(ctx, s, dao.Filter(c.f)); n != c.want || err != nil {
				t.Errorf("%+v: %d rows, %v", c.f, n, err)
			}
		}
		got, err := optionals.Get(ctx, s, two.ID)
		if must(t, err); !got.PMoment.Equal(last) {
			t.Errorf("the last moment is %s", got.PMoment)
		}
	})
}

// A Null type that holds nothing is NULL: Eq finds such rows, and In none by it.
func TestConditionsOfNullTypes(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, s *db.Session) {
		id := uuid.New()
		with, without := optional{NUUID: uuid.NullUUID{UUID: id, Valid: true}, NSmall: some[int16](1)}, optional{}
		must(t, optionals.Insert(ctx, s, &with))
		must(t, optionals.Insert(ctx, s, &without))
		for name, c := range map[string]struct {
			where dao.Condition
			want  []int64
		}{
			"Eq":         {dao.Eq("n_uuid", uuid.NullUUID{}), []int64{without.ID}},
			"Eq small":   {dao.Eq("n_small", sql.Null[int16]{}), []int64{without.ID}},
			"Eq value":   {dao.Eq("n_uuid", with.NUUID), []int64{with.ID}},
			"In":         {dao.In("n_uuid", []uuid.NullUUID{{}}), []int64{}},
			"In of both": {dao.In("n_uuid", []uuid.NullUUID{{}, with.NUUID}), []int64{with.ID}},
			"In small":   {dao.In("n_small", []sql.Null[int16]{some[int16](1), {}}), []int64{with.ID}},
		} {
			found, err := optionals.Find(ctx, s, c.where)
			must(t, err)
			ids := []int64{}
			for _, o := range found {
				ids = append(ids, o.ID)
			}
			if !cmp.Equal(ids, c.want) {
				t.Errorf("%s: %v, want %v", name, ids, c.want)
			}
		}
		groups, err := dao.Load(ctx, s, optionals, "n_uuid", []uuid.NullUUID{{}, with.NUUID})
		if must(t, err); len(groups) != 1 || len(groups[with.NUUID]) != 1 {
			t.Errorf("loaded %v", groups)
		}
	})
}

// The largest size is no error.
func TestAfterOfAllRows(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, s *db.Session) {
		must(t, users.Insert(ctx, s, &user{Email: "a@example.com"}))
		rows, next, err := users.After(ctx, s, "", math.MaxInt)
		if err != nil || len(rows) != 1 || next != "" {
			t.Errorf("%v, %q, %v", rows, next, err)
		}
	})
}
