package profiles

import (
	"time"

	"github.com/terem-go/terem/api"

	"github.com/terem-go/terem/examples/conduit/users"
)

// ProfileCreate makes a profile.
type ProfileCreate struct {
	User users.Current
	Body struct {
		FolloweeID int64 `json:"followee_id" minimum:"1"`
	}
}

// row returns the row to insert.
func (in *ProfileCreate) row() *Profile {
	return &Profile{
		FolloweeID: in.Body.FolloweeID,
	}
}

// ProfileByID names a profile.
type ProfileByID struct {
	User users.Current
	ID   int64 `path:"id" minimum:"1"`
}

// ProfileFilter says how profiles can be filtered and sorted.
type ProfileFilter struct {
	FollowerID    api.Optional[int64]     `query:"follower_id" minimum:"1"`
	FolloweeID    api.Optional[int64]     `query:"followee_id" minimum:"1"`
	CreatedAtFrom api.Optional[time.Time] `query:"created_at[gte]"`
	CreatedAtTo   api.Optional[time.Time] `query:"created_at[lte]"`
	Sort          []string                `query:"sort" enum:"created_at,-created_at"`
}

// ProfileList lists profiles from one place to the next.
type ProfileList struct {
	User users.Current
	api.CursorRequest
	ProfileFilter
}

// ProfileUpdate changes a profile: what is left out stays.
type ProfileUpdate struct {
	User users.Current
	ID   int64 `path:"id" minimum:"1"`
	Body struct {
		FolloweeID *int64 `json:"followee_id,omitempty" minimum:"1"`
	}
}

// apply changes a row, and returns the columns that are changed.
func (in *ProfileUpdate) apply(row *Profile) (changed []string) {
	if v := in.Body.FolloweeID; v != nil {
		row.FolloweeID, changed = *v, append(changed, "followee_id")
	}
	return changed
}

// ProfileRead is a profile as clients see it.
type ProfileRead struct {
	ID         int64     `json:"id"`
	FollowerID int64     `json:"follower_id"`
	FolloweeID int64     `json:"followee_id"`
	CreatedAt  time.Time `json:"created_at"`
	UpdatedAt  time.Time `json:"updated_at"`
}

// newProfileRead turns a row into what clients see of it.
func newProfileRead(row *Profile) ProfileRead {
	return ProfileRead{
		ID:         row.ID,
		FollowerID: row.FollowerID,
		FolloweeID: row.FolloweeID,
		CreatedAt:  row.CreatedAt,
		UpdatedAt:  row.UpdatedAt,
	}
}
