package processtest

import (
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Lives is a server that is ended again and again, and started anew, while
// clients call it. Its zero value has not been started. One goroutine starts and
// ends it; At may be called by many.
type Lives struct {
	process *Process
	logs    []*Log // of all lives

	mu   sync.Mutex
	addr string
	next chan struct{} // closed when another one serves
}

// Start starts a life and lets clients know where it serves. The test ends if it
// does not.
func (l *Lives) Start(t testing.TB, cmd *exec.Cmd) {
	t.Helper()
	l.process = Start(t, cmd)
	l.logs = append(l.logs, l.process.Log)
	addr := l.process.Addr(t)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.next != nil {
		close(l.next)
	}
	l.addr, l.next = addr, make(chan struct{})
}

// Kill ends it at once.
func (l *Lives) Kill() { l.process.Kill() }

// Stop ends it as an operator does, by SIGTERM. It is an error if it does not end
// well.
func (l *Lives) Stop(t testing.TB) {
	t.Helper()
	l.process.Signal(t, syscall.SIGTERM)
	if err := l.process.Wait(t, 30*time.Second); err != nil {
		t.Errorf("after SIGTERM: %v\n%s", err, l.process.Log)
	}
}

// At returns the server's host and port, and what is closed when these are others.
func (l *Lives) At() (addr string, next <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.addr, l.next
}

// Lines returns the lines of all lives' logs that have the text in them.
func (l *Lives) Lines(text string) string {
	var lines []string
	for _, log := range l.logs {
		lines = append(lines, log.Lines(text)...)
	}
	return strings.Join(lines, "\n")
}
