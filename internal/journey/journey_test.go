package journey

import (
	"crypto/rand"
	"strings"
	"syscall"
	"testing"
)

// From an empty database to users who stay logged in when the server restarts.
func TestJourney(t *testing.T) {
	each(t, func(t *testing.T, a *application) {
		if out, err := a.run(""); err == nil || !strings.Contains(out, "migrate up") {
			t.Fatalf("it serves without migrations: %v\n%s", err, out)
		}
		a.must("", "migrate", "up")
		p, nobody := a.serve()
		nobody.want(200, "GET", "/readyz", nil, nil)

		var ada user
		nobody.want(201, "POST", "/api/users", a.registration("ada@example.com"), &ada)
		nobody.want(409, "POST", "/api/users", a.registration("ADA@example.com"), nil)
		nobody.want(422, "POST", "/api/users", map[string]any{"email": a.password, "password": a.password, "name": []string{a.password}}, nil)
		nobody.want(401, "POST", "/api/auth/login", map[string]any{"email": "ada@example.com", "password": a.secret("a wrong password", rand.Text())}, nil)
		nobody.want(401, "GET", "/api/users/me", nil, nil)
		me := nobody.logIn("ada@example.com", a.password)
		var got user
		me.want(200, "PATCH", "/api/users/me", map[string]any{"name": "Countess"}, &got)
		if got.ID != ada.ID || got.Name != "Countess" || got.Superuser {
			t.Errorf("changed to %+v", got)
		}
		me.want(403, "GET", "/api/users", nil, nil)

		// A superuser is made while the server runs.
		root := a.secret("a superuser's password", rand.Text())
		if out := a.must(root+"\n", "user", "create", "--superuser", "--email=Root@example.com"); !strings.HasPrefix(out, "created user ") || !strings.HasSuffix(out, ", root@example.com\n") {
			t.Errorf("user create prints %q", out)
		}
		if out, err := a.run("short\n", "user", "create", "--email=eve@example.com"); err == nil || !strings.Contains(out, "error: ") {
			t.Errorf("a user with a short password: %v\n%s", err, out)
		}
		boss := nobody.logIn("root@example.com", root)
		if users := boss.users(); len(users) != 2 || users["ada@example.com"] != got || !users["root@example.com"].Superuser {
			t.Errorf("the users are %+v", users)
		}

		fresh := a.secret("a new password", rand.Text())
		me.want(204, "PUT", "/api/users/me/password", map[string]any{"password": fresh, "current_password": a.password}, nil)
		nobody.want(401, "POST", "/api/auth/login", map[string]any{"email": "ada@example.com", "password": a.password}, nil)
		me.want(401, "GET", "/api/users/me", nil, nil)
		me = nobody.logIn("ada@example.com", fresh)

		a.stop(p, syscall.SIGINT)
		p, nobody = a.serve()
		again := a.client(nobody.Addr)
		again.Bearer = me.Bearer
		again.want(200, "GET", "/api/users/me", nil, &got)
		if got.Name != "Countess" {
			t.Errorf("after a restart she is %+v", got)
		}
		again.want(204, "POST", "/api/users/me/delete", map[string]string{"current_password": fresh}, nil)
		again.want(401, "GET", "/api/users/me", nil, nil)
		a.stop(p, syscall.SIGTERM)

		// A key that follows another logs nobody out.
		a.env["OLD_SECRET_KEYS"] = a.env["SECRET_KEY"]
		a.env["SECRET_KEY"] = a.secret("SECRET_KEY", rand.Text()+rand.Text())
		p, nobody = a.serve()
		renewed := nobody.renew(boss)
		renewed.want(200, "GET", "/api/users/me", nil, nil)
		old := a.client(nobody.Addr)
		old.Bearer = boss.Bearer
		old.want(200, "GET", "/api/users/me", nil, nil)
		a.stop(p, syscall.SIGTERM)

		// Another key: nobody is logged in.
		delete(a.env, "OLD_SECRET_KEYS")
		a.env["SECRET_KEY"] = a.secret("SECRET_KEY", rand.Text()+rand.Text())
		p, nobody = a.serve()
		stranger := a.client(nobody.Addr)
		stranger.Bearer = boss.Bearer
		stranger.want(401, "GET", "/api/users/me", nil, nil)
		a.stop(p, syscall.SIGTERM)

		for _, command := range []string{"config", "routes", "openapi"} {
			a.must("", command)
		}
	})
}

// A database that cannot be reached is no reason to tell its password.
func TestSecretsWhileDatabaseIsDown(t *testing.T) {
	t.Parallel()
	a := newApplication(t, "postgres://app:"+rand.Text()+"@127.0.0.1:1/app?sslmode=disable")
	p, c := a.serve()
	c.want(503, "GET", "/readyz", nil, nil)
	c.want(503, "POST", "/api/users", a.registration("ada@example.com"), nil)
	a.stop(p, syscall.SIGTERM)
	if out, err := a.run("", "migrate", "up"); err == nil || !strings.Contains(out, "error: ") {
		t.Errorf("migrate up: %v\n%s", err, out)
	}
	if out, err := a.run("", "config"); err != nil || !strings.Contains(out, "***") {
		t.Errorf("config: %v\n%s", err, out)
	}
}
