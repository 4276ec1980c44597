package profiles

import (
	"context"

	"github.com/terem-go/terem/dao"
	"github.com/terem-go/terem/db"

	"github.com/terem-go/terem/examples/conduit/utils"
)

// Repository reads and writes who follows whom. A method says in its signature
// whether it writes: db.Querier reads, db.Execer writes.
type Repository struct{ dao.Table[Follow] }

// Following tells which of some users a follower follows, who may be 0, for nobody.
func (r Repository) Following(ctx context.Context, q db.Querier, follower int64, users []int64) (map[int64]bool, error) {
	follows := map[int64]bool{}
	if follower == 0 {
		return follows, nil
	}
	// Without LIMIT and OFFSET PostgreSQL might read all whom a user follows.
	ids, err := dao.Query[int64](ctx, q, "SELECT u.id FROM "+utils.IDs+` u
		WHERE EXISTS (SELECT 1 FROM follows WHERE follower_id = $2 AND followee_id = u.id LIMIT 1 OFFSET 0)`, utils.Object(users), follower)
	for _, id := range ids {
		follows[id] = true
	}
	return follows, err
}

// Follow lets one user follow another. Who does already goes on.
func (r Repository) Follow(ctx context.Context, x db.Execer, follower, followee int64) error {
	return r.Upsert(ctx, x, &Follow{FollowerID: follower, FolloweeID: followee}, "follower_id", "followee_id")
}

// Unfollow ends that. Who does not follow goes on like that.
func (r Repository) Unfollow(ctx context.Context, x db.Execer, follower, followee int64) error {
	_, err := x.Exec(ctx, "DELETE FROM follows WHERE follower_id = $1 AND followee_id = $2", follower, followee)
	return err
}
