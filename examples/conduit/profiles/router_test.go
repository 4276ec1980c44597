package profiles_test

import (
	"sync"
	"testing"

	"github.com/terem-go/terem/api/apitest"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"

	"github.com/terem-go/terem/examples/conduit/profiles"
)

func TestFollow(t *testing.T) {
	each(t, func(t *testing.T, c *apitest.Client, d *db.DB, join func(string) *apitest.Client) {
		jake, ada := join("jake"), join("ada / Ада")
		follows := func(r *apitest.Response, want bool) {
			t.Helper()
			var got profiles.ProfileReply
			r.Expect(200).JSON(&got)
			if got.Profile.Following != want {
				t.Errorf("%s: following is %v", r.Request, got.Profile.Following)
			}
		}
		const path = "/api/profiles/ada%20%2F%20%D0%90%D0%B4%D0%B0"
		follows(jake.Get(path), false)
		for range 2 { // who follows already goes on
			follows(jake.Post(path+"/follow", nil), true)
			follows(jake.Get(path), true)
		}
		follows(c.Get(path), false)   // nobody follows
		follows(ada.Get(path), false) // nor does she herself
		follows(ada.Get("/api/profiles/jake"), false)
		for range 2 {
			follows(jake.Delete(path+"/follow"), false)
			follows(jake.Get(path), false)
		}
		follows(jake.Post("/api/profiles/jake/follow", nil), true) // oneself

		c.Post(path+"/follow", nil).ExpectError(401, "users.token_missing")
		c.Delete(path+"/follow").ExpectError(401, "users.token_missing")
		for _, r := range []*apitest.Response{jake.Get("/api/profiles/JAKE"), jake.Post("/api/profiles/nobody/follow", nil), jake.Delete("/api/profiles/nobody/follow")} {
			r.ExpectError(404, "profiles.not_found")
		}
		var wg sync.WaitGroup
		for range 8 { // at the same time
			wg.Go(func() { jake.Post(path+"/follow", nil).Expect(200) })
		}
		wg.Wait()
		follows(jake.Get(path), true)
		dbtest.Watch(d, func() { jake.Get(path).Expect(200) }).AtMost(t, 3)
	})
}
