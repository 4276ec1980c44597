package journey

import (
	"fmt"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/terem-go/terem/mail/mailtest"
)

// mailing prepares an application that sends its mails to a server.
func (a *application) mailing(t *testing.T) *mailtest.Server {
	t.Helper()
	s := mailtest.Start(t, mailtest.Options{})
	a.env["MAIL"], a.env["SMTP_URL"], a.env["MAIL_FROM"] = "on", s.URL(), "Shop <shop@example.com>"
	a.must("", "migrate", "up")
	return s
}

// welcomes waits until the server has at least n messages, and returns how many
// each recipient has got.
func welcomes(t *testing.T, s *mailtest.Server, n int) map[string]int {
	t.Helper()
	for end := time.Now().Add(90 * time.Second); len(s.Messages()) < n; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d mails have arrived, want %d", len(s.Messages()), n)
		}
	}
	got := map[string]int{}
	for _, m := range s.Messages() {
		if m.Subject != "Welcome to Appname" || m.From[0].Address != "shop@example.com" || m.HTML == "" {
			t.Errorf("from %v: %s\n%s", m.From, m.Subject, m.Raw)
		}
		for _, to := range m.Recipients {
			got[to]++
		}
	}
	return got
}

// A mail server that is down when somebody registers gets the mail when it is
// back, once.
func TestMailServerIsDown(t *testing.T) {
	each(t, func(t *testing.T, a *application) {
		s := a.mailing(t)
		s.Down()
		p, c := a.serve()
		c.want(201, "POST", "/api/users", a.registration("ada@example.com"), nil)
		p.Log.Await(t, 30*time.Second, "accounts.mail") // an attempt has failed
		s.Up(t)
		welcomes(t, s, 1)
		a.stop(p, syscall.SIGTERM)
		if got := welcomes(t, s, 1); len(got) != 1 || got["ada@example.com"] != 1 {
			t.Errorf("the mails that arrived: %v", got)
		}
	})
}

// A registration that was acknowledged is welcomed although the process was
// killed before.
func TestKilledBeforeMail(t *testing.T) {
	each(t, func(t *testing.T, a *application) {
		s := a.mailing(t)
		a.env["JOBS"] = "worker" // so that the server cannot have sent it
		p, c := a.serve()
		c.want(201, "POST", "/api/users", a.registration("ada@example.com"), nil)
		p.Kill()
		if n := len(s.Messages()); n != 0 {
			t.Fatalf("the server has sent %d mails", n)
		}
		worker := a.start("worker")
		welcomes(t, s, 1)
		a.stop(worker, syscall.SIGTERM)
		if got := welcomes(t, s, 1); len(got) != 1 || got["ada@example.com"] != 1 {
			t.Errorf("the mails that arrived: %v", got)
		}
	})
}

// 32 clients register while jobs run. Each address is registered once and
// welcomed once, however many clients want it, and no client hears of the
// database's locks.
func TestManyRegisterWhileJobsRun(t *testing.T) {
	each(t, func(t *testing.T, a *application) {
		s := a.mailing(t)
		a.env["REGISTRATIONS"] = "1000" // all are from one place
		p, c := a.serve()
		const clients, addresses = 32, 48
		var mu sync.Mutex
		created, statuses := map[string]int{}, map[int]int{}
		var all sync.WaitGroup
		for n := range clients {
			client := a.client(c.Addr)
			all.Go(func() {
				for i := range 6 { // neighbours want the same addresses at the same time
					email := fmt.Sprintf("user-%d@example.com", (n/4*6+i)%addresses)
					for {
						r, err := client.Do("POST", "/api/users", a.registration(email))
						if err != nil {
							t.Error(err)
							return
						}
						mu.Lock()
						statuses[r.Status]++
						if r.Status == 201 {
							created[email]++
						}
						mu.Unlock()
						if r.Status != 503 { // as many passwords are hashed at a time as there are processors
							break
						}
						time.Sleep(20 * time.Millisecond)
					}
				}
			})
		}
		all.Wait()
		got := welcomes(t, s, addresses)
		a.stop(p, syscall.SIGTERM)
		got = welcomes(t, s, len(got))
		t.Logf("answers %v, %d addresses, %d mails", statuses, len(created), len(s.Messages()))
		for email, n := range created {
			if n != 1 || got[email] != 1 {
				t.Errorf("%s was registered %d times and welcomed %d times", email, n, got[email])
			}
		}
		if len(created) != addresses || len(got) != addresses || statuses[201]+statuses[409]+statuses[503] != sum(statuses) {
			t.Errorf("%d addresses were registered and %d welcomed, want %d; answers %v", len(created), len(got), addresses, statuses)
		}
		for _, line := range p.Log.Lines("level\":\"ERROR") {
			t.Errorf("the server's log has an error: %s", line)
		}
		for _, text := range []string{"SQLITE_BUSY", "database is locked"} {
			for _, line := range p.Log.Lines(text) {
				t.Errorf("the server's log has %s: %s", text, line)
			}
		}
	})
}

func sum(counts map[int]int) (n int) {
	for _, c := range counts {
		n += c
	}
	return n
}
