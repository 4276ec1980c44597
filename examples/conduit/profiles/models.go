package profiles

import (
	"time"

	"github.com/terem-go/terem/examples/conduit/users"
)

// Follow is a row of the table follows: one user follows another, or themselves.
type Follow struct {
	FollowerID int64     `db:"follower_id,pk,ref:users,ondelete:cascade"`
	FolloweeID int64     `db:"followee_id,pk,index,ref:users,ondelete:cascade"`
	CreatedAt  time.Time `db:"created_at,created"`
}

// Profile is a user as a viewer sees them, also in articles and comments.
type Profile struct {
	ID        int64   `json:"-"`
	Username  string  `json:"username"`
	Bio       *string `json:"bio"`
	Image     *string `json:"image"`
	Following bool    `json:"following"`
}

func newProfile(u *users.User, following bool) Profile {
	return Profile{ID: u.ID, Username: u.Username, Bio: u.Bio, Image: u.Image, Following: following}
}
