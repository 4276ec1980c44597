package journey

import (
	"crypto/rand"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/terem-go/terem/internal/processtest"
)

// load is what an application has acknowledged to many clients at once, over
// several lives of its server. Registering takes long because of the password's
// hash, so a few clients register and others change their names, to a number
// that grows.
type load struct {
	app   *application
	boss  *client // a superuser
	busy  []*renamer
	tally processtest.Tally

	mu         sync.Mutex
	registered []string // the addresses that were acknowledged
}

// renamer is a user who changes their name.
type renamer struct {
	*client
	email         string
	sent, renamed int // the last name that was sent, and that was acknowledged
	changes       int // that were acknowledged
}

const (
	registering = 4
	renaming    = 12
)

// newLoad prepares an application with a superuser and the users who change
// their names. What they got with their log-in is valid in each of the server's
// lives.
func newLoad(a *application) *load {
	a.must("", "migrate", "up")
	a.must(a.password+"\n", "user", "create", "--superuser", "--email=root@example.com")
	p, nobody := a.serve()
	l := &load{app: a, boss: nobody.logIn("root@example.com", a.password)}
	for n := range renaming {
		r := &renamer{email: fmt.Sprintf("renamer-%d@example.com", n)}
		nobody.want(201, "POST", "/api/users", a.registration(r.email), nil)
		r.client = nobody.logIn(r.email, a.password)
		l.busy = append(l.busy, r)
	}
	a.stop(p, syscall.SIGTERM)
	return l
}

// live starts the server and calls it for a while, then signals it, waits for
// the end of it and of its clients, and returns the log.
func (l *load) live(while time.Duration, signal syscall.Signal) *processtest.Log {
	p, nobody := l.app.serve()
	var clients sync.WaitGroup
	for range registering {
		clients.Go(func() { l.register(l.app.client(nobody.Addr)) })
	}
	for _, r := range l.busy {
		r.Close()
		r.Addr = nobody.Addr
		clients.Go(func() { l.rename(r) })
	}
	time.Sleep(while)
	p.Signal(l.app.t, signal)
	clients.Wait()
	if err := p.Wait(l.app.t, 20*time.Second); err != nil && signal != syscall.SIGKILL {
		l.app.t.Errorf("%v\n%s", err, p.Log)
	}
	return p.Log
}

func (l *load) register(c *client) {
	for {
		email := strings.ToLower(rand.Text()) + "@example.com"
		r, err := c.Do("POST", "/api/users", l.app.registration(email))
		if err == nil && r.Status == 201 {
			l.mu.Lock()
			l.registered = append(l.registered, email)
			l.mu.Unlock()
		}
		if !l.tally.Note(r, err) {
			return
		}
	}
}

func (l *load) rename(u *renamer) {
	for {
		u.sent++
		r, err := u.Do("PATCH", "/api/users/me", map[string]any{"name": strconv.Itoa(u.sent)})
		if err == nil && r.Status == 200 {
			u.renamed = u.sent
			u.changes++
		}
		if !l.tally.Note(r, err) {
			return
		}
	}
}

// check starts the server and counts what was acknowledged and is lost.
func (l *load) check() (acknowledged, lost int) {
	t := l.app.t
	t.Helper()
	p, nobody := l.app.serve()
	l.boss.Close()
	l.boss.Addr = nobody.Addr
	users := l.boss.users()
	for _, email := range l.registered {
		acknowledged++
		if _, there := users[email]; !there {
			lost++
			t.Errorf("the registration of %s was acknowledged and is lost", email)
		}
	}
	for _, u := range l.busy {
		acknowledged += u.changes
		name, _ := strconv.Atoi(users[u.email].Name)
		if name < u.renamed || name > u.sent {
			lost++
			t.Errorf("%s is named %s: %d was acknowledged last, %d sent", u.email, users[u.email].Name, u.renamed, u.sent)
		}
	}
	l.app.stop(p, syscall.SIGTERM)
	return acknowledged, lost
}

// The server is killed again and again while clients write.
func TestKilledUnderLoad(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes half a minute")
	}
	each(t, func(t *testing.T, a *application) {
		const kills = 8
		l := newLoad(a)
		acknowledged, lost := 0, 0
		for n := range kills {
			l.live(time.Duration(400+130*n)*time.Millisecond, syscall.SIGKILL)
			acknowledged, lost = l.check()
		}
		if len(l.registered) == 0 || acknowledged == len(l.registered) {
			t.Errorf("acknowledged %d writes, of these %d registrations: too little to tell anything", acknowledged, len(l.registered))
		}
		t.Logf("%d kills: acknowledged %d writes, of these %d registrations; lost %d; %s", kills, acknowledged, len(l.registered), lost, &l.tally)
	})
}

// The server is told to stop while clients write: it answers every request that
// it has begun.
func TestStoppedUnderLoad(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes a quarter of a minute")
	}
	each(t, func(t *testing.T, a *application) {
		const stops = 5
		l := newLoad(a)
		var begun []string
		for range stops {
			log := l.live(500*time.Millisecond, syscall.SIGTERM)
			begun = append(begun, log.RequestIDs(`"msg":"request"`)...)
		}
		l.tally.Complete(t, begun)
		acknowledged, lost := l.check()
		t.Logf("%d stops: acknowledged %d writes, of these %d registrations; lost %d; %s", stops, acknowledged, len(l.registered), lost, &l.tally)
	})
}
