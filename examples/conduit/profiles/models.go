package profiles

import "time"

// Profile is a row of the table profiles.
type Profile struct {
	ID         int64     `db:"id,pk"`
	FollowerID int64     `db:"follower_id,index,ref:users,ondelete:cascade"`
	FolloweeID int64     `db:"followee_id,index,ref:users"`
	CreatedAt  time.Time `db:"created_at,created"`
	UpdatedAt  time.Time `db:"updated_at,updated"`
}
