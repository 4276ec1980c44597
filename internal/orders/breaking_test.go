//go:build unix

package orders

import (
	"math/rand/v2"
	"syscall"
	"testing"
	"time"

	"github.com/terem-go/terem/internal/processtest"
)

// limit ends a test in which something does not come about.
const limit = 2 * time.Minute

// done reports whether all orders were sent and every fault was there.
func (s *shop) done() bool {
	return s.sent.Load() >= int64(s.requests) && s.faults.Missing(s.must...) == ""
}

// endServers kills the server under load, or stops it, and starts another one,
// until all is done.
func (s *shop) endServers(t *testing.T) {
	for start, sent, turn := time.Now(), int64(0), 0; !s.done() && !t.Failed(); turn++ {
		time.Sleep(500*time.Millisecond + rand.N(time.Second)) // under load
		if turn%2 == 0 {
			s.server.Kill()
			s.faults.Count("server killed")
		} else {
			s.server.Stop(t)
			s.faults.Count("server stopped")
		}
		s.server.Start(t, s.program(t, s.url))
		if n := s.sent.Load(); n > sent && n < int64(s.requests) {
			sent, start = n, time.Now()
		}
		if time.Since(start) > limit {
			t.Errorf("for %v nothing has come about: %d orders were sent, and there was no fault %q", limit, sent, s.faults.Missing(s.must...))
		}
	}
}

// endWorkers does the same to a process that runs jobs alone.
func (s *shop) endWorkers(t *testing.T, end <-chan struct{}) {
	for turn := 0; ; turn++ {
		p := processtest.Start(t, s.program(t, s.url, "worker"))
		over := !wait(end, 500*time.Millisecond+rand.N(time.Second))
		if turn%2 == 0 && !over {
			p.Kill()
			s.faults.Count("worker killed")
			continue
		}
		p.Signal(t, syscall.SIGTERM)
		_ = p.Wait(t, limit) // one that had not yet started well may say so
		s.faults.Count("worker stopped")
		if over {
			return
		}
	}
}

// endDatabase kills PostgreSQL, and starts it again.
func (s *shop) endDatabase(t *testing.T, end <-chan struct{}) {
	for wait(end, 2*time.Second+rand.N(2*time.Second)) {
		if err := s.database.Kill(); err != nil {
			t.Error(err)
		}
		wait(end, rand.N(500*time.Millisecond))
		if err := s.database.Restart(t.Context()); err != nil {
			t.Error(err)
			return
		}
		s.faults.Count("PostgreSQL killed")
	}
}

// endMail takes the mail server down, and up again.
func (s *shop) endMail(t *testing.T, end <-chan struct{}) {
	for wait(end, time.Second+rand.N(time.Second)) {
		s.mail.Down()
		wait(end, rand.N(500*time.Millisecond))
		s.mail.Up(t)
		s.faults.Count("mail server down")
	}
}

// wait waits for a while, and reports false if the end comes first.
func wait(end <-chan struct{}, while time.Duration) bool {
	select {
	case <-end:
		return false
	case <-time.After(while):
		return true
	}
}
