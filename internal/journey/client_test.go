package journey

import (
	"encoding/json"
	"fmt"

	"github.com/terem-go/terem/internal/processtest"
)

// client calls the application as one user, or as nobody.
type client struct {
	processtest.Client
	app     *application
	refresh string // the token that renews its login
}

func (a *application) client(addr string) *client {
	c := &client{Client: processtest.Client{Addr: addr}, app: a}
	a.t.Cleanup(c.Close)
	return c
}

// user is a user as the API shows one.
type user struct {
	ID          int64
	Email, Name string
	Superuser   bool `json:"is_superuser"`
}

// want sends a request whose answer must have the status, and decodes its body
// into what out points at, if anything.
func (c *client) want(status int, method, path string, body, out any) {
	c.app.t.Helper()
	r, err := c.Do(method, path, body)
	if err == nil && r.Status != status {
		err = fmt.Errorf("status %d, want %d\n%s", r.Status, status, r.Body)
	}
	if err == nil && out != nil {
		err = json.Unmarshal(r.Body, out)
	}
	if err != nil {
		c.app.t.Fatalf("%s %s: %v", method, path, err)
	}
}

func (a *application) registration(email string) map[string]any {
	return map[string]any{"email": email, "password": a.password, "name": "Ada Lovelace"}
}

// logIn returns a client that is logged in.
func (c *client) logIn(email, password string) *client {
	c.app.t.Helper()
	return c.tokens("/api/auth/login", map[string]any{"email": email, "password": password})
}

// renew returns a client that is logged in as another one, whose refresh token it has
// used.
func (c *client) renew(of *client) *client {
	c.app.t.Helper()
	return c.tokens("/api/auth/refresh", map[string]any{"refresh_token": of.refresh})
}

// tokens returns a client with the tokens that a route gives.
func (c *client) tokens(path string, body any) *client {
	c.app.t.Helper()
	var token struct {
		Access  string `json:"access_token"`
		Refresh string `json:"refresh_token"`
	}
	c.want(200, "POST", path, body, &token)
	user := c.app.client(c.Addr)
	user.Bearer = c.app.secret("an access token", token.Access)
	user.refresh = c.app.secret("a refresh token", token.Refresh)
	return user
}

// users returns all users by their addresses. The caller is a superuser.
func (c *client) users() map[string]user {
	c.app.t.Helper()
	all := map[string]user{}
	for number := 1; ; number++ {
		var page struct {
			Items []user
			Total int
		}
		c.want(200, "GET", fmt.Sprintf("/api/users?size=100&page=%d", number), nil, &page)
		for _, u := range page.Items {
			all[u.Email] = u
		}
		if number*100 >= page.Total {
			return all
		}
	}
}
