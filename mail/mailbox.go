package mail

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/terem-go/terem/db"
)

// What a Mailbox keeps: so many messages, and so many bytes of them.
const (
	capacity      = 100
	capacityBytes = 64 << 20
)

// Mailbox is a Sender for development and tests: it keeps the last 100 messages in memory, of large ones the
// last 64 MiB, where the handler that [Mailbox.Handler] returns shows them. Nothing leaves the process.
type Mailbox struct {
	from Address

	mu      sync.Mutex
	taken   int      // how many messages there were
	bytes   int      // of letters, as they are sent
	letters []Letter // the last of them, oldest first
}

// Letter is a message that a Mailbox has taken.
type Letter struct {
	Number  int // from 1
	Time    time.Time
	Message // complete: with whom it is from and its ID
	Raw     []byte
}

// NewMailbox returns an empty mailbox. From is whom messages are from that do not say it themselves, as
// "Shop <shop@example.com>"; anything else is an error.
func NewMailbox(from string) (*Mailbox, error) {
	f, err := parseFrom(from)
	if err != nil {
		return nil, err
	}
	return &Mailbox{from: f}, nil
}

// Send keeps a message. It refuses what a Client would refuse before it connects, and so it does inside a
// transaction.
func (b *Mailbox) Send(ctx context.Context, m Message) error {
	if err := db.Outside(ctx, "sending a mail"); err != nil {
		return err
	}
	m, err := m.complete(b.from)
	if err != nil {
		return err
	}
	w, err := encode(m)
	if err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.taken++
	b.bytes += len(w.raw)
	for len(b.letters) == capacity || len(b.letters) > 0 && b.bytes > capacityBytes {
		b.bytes -= len(b.letters[0].Raw)
		b.letters = slices.Delete(b.letters, 0, 1)
	}
	b.letters = append(b.letters, Letter{Number: b.taken, Time: time.Now(), Message: m, Raw: w.raw})
	return nil
}

// Letters returns what the mailbox holds, the oldest first.
func (b *Mailbox) Letters() []Letter {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.letters)
}
