package accounts

import (
	"net/http"
	"time"

	"github.com/terem-go/terem/auth"
)

// knownFor is how long a browser is known: as long as browsers keep a cookie.
const knownFor = 400 * 24 * time.Hour

// remember returns the cookie by which an account knows a browser again whose user has
// shown that they are its owner. It lets nobody in: it only keeps the attempts of this
// browser apart from those of others, so that whoever guesses, from however many
// places, does not slow down the owner (OWASP: Slow Down Online Guessing Attacks with
// Device Cookies). It is encrypted, for one address, and kept nowhere else.
func (a *Accounts[U]) remember(email string) *http.Cookie {
	id, _ := auth.RandomToken()
	return a.device.Set(a.devices.Lock(id, typed(email)))
}

// knows returns which of its browsers an account has to do with; "" for one that it
// does not know, or for no browser.
func (a *Accounts[U]) knows(email string, v auth.Visit) string {
	if v.Known == "" {
		return ""
	}
	id, _ := a.devices.Unlock(v.Known, typed(email)) // "" with an error
	return id
}
