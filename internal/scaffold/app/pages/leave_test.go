package pages_test

import (
	"testing"

	"github.com/terem-go/terem/api/apitest"
)

// Who knows their password deletes their account.
func TestLeave(t *testing.T) {
	each(t, func(t *testing.T, b *apitest.Client) {
		b.Submit("/signup", ada)
		b.Get("/account").Contains(`href="/account/delete"`)
		b.Get("/account/delete").Expect(200)
		b.Submit("/account/delete", map[string]string{"current_password": "wrong horse battery"}).Expect(422).Contains("The current password is wrong.")
		b.Get("/account").Expect(200)
		b.Submit("/account/delete", map[string]string{"current_password": ada["password"]}).Expect(303).Follow().Expect(200).Contains("Your account is deleted.", "Sign up")
		b.Get("/account").Expect(401)
		b.Submit("/login", ada).Expect(422)
	})
}
