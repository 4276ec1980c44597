package profiles

import (
	"context"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/errs"

	"github.com/terem-go/terem/examples/conduit/users"
)

// Users looks up users: users.Repository.
type Users interface {
	// ByUsername returns an errs.NotFound when nobody has the name.
	ByUsername(ctx context.Context, q db.Querier, name string) (*users.User, error)
	// ByIDs returns those that are there, in no particular order.
	ByIDs(ctx context.Context, q db.Querier, ids []int64) ([]users.User, error)
}

// Profiles shows users to others, and has who follows whom. A viewer is the id of a
// user, or 0 for nobody.
type Profiles struct {
	Repository
	users Users
}

// ByUsername returns the profile of the user with the name as a viewer sees it, or
// ErrNotFound.
func (p Profiles) ByUsername(ctx context.Context, q db.Querier, viewer int64, name string) (*Profile, error) {
	u, err := p.users.ByUsername(ctx, q, name)
	if errs.HasKind(err, errs.NotFound) {
		return nil, ErrNotFound.Wrap(err)
	}
	if err != nil {
		return nil, err
	}
	profile, err := p.Of(ctx, q, viewer, u)
	return &profile, err
}

// Of returns the profile of a user as a viewer sees it.
func (p Profiles) Of(ctx context.Context, q db.Querier, viewer int64, u *users.User) (Profile, error) {
	follows, err := p.Following(ctx, q, viewer, []int64{u.ID})
	return newProfile(u, follows[u.ID]), err
}

// ByIDs returns the profiles of users as a viewer sees them, by their ids, in two
// statements however many they are.
func (p Profiles) ByIDs(ctx context.Context, q db.Querier, viewer int64, ids []int64) (map[int64]Profile, error) {
	profiles := map[int64]Profile{}
	if len(ids) == 0 {
		return profiles, nil
	}
	rows, err := p.users.ByIDs(ctx, q, ids)
	if err != nil {
		return nil, err
	}
	follows, err := p.Following(ctx, q, viewer, ids)
	for i := range rows {
		profiles[rows[i].ID] = newProfile(&rows[i], follows[rows[i].ID])
	}
	return profiles, err
}
