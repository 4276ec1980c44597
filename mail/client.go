package mail

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"time"

	"github.com/terem-go/terem/db"
)

// Config is what a Client needs besides the server's URL.
type Config struct {
	// From is whom messages are from that do not say it themselves, as "Shop <shop@example.com>" or
	// "shop@example.com". It must be set.
	From string
	// Timeout is how long one message may take, from the connection to the server's last word. The default is
	// one minute. A context that ends earlier ends it too.
	Timeout time.Duration
	// TLS says which certificates are trusted and shown. The default, nil, trusts what the system trusts.
	TLS *tls.Config
}

// Client is a Sender that hands messages to an SMTP server, each over a connection of its own.
type Client struct {
	server  *server // a pointer, because it holds the password and fmt does not follow it
	from    Address
	timeout time.Duration
	tls     *tls.Config
}

// Open returns a Client for the server that a URL names. It does not connect, so that an application starts
// while its mail server is down.
//
//	smtps://user:password@mail.example.com   TLS from the start, port 465 unless given
//	smtp://user:password@mail.example.com    TLS by STARTTLS, which the server must offer, port 587 unless given
//	smtp://127.0.0.1:1025                    no TLS, since the server is on this machine
//	smtp://relay.internal:25?tls=off         no TLS, and then no user and password
//	smtp://localhost:25?tls=required         TLS by STARTTLS in spite of the machine
//
// Special characters of user and password are percent-encoded.
//
// The error of a URL that cannot be used says what is wrong, and shows nothing of the URL.
func Open(url string, c Config) (*Client, error) {
	s, err := parseURL(url)
	if err != nil {
		return nil, err
	}
	from, err := parseFrom(c.From)
	if err != nil {
		return nil, err
	}
	if c.Timeout < 0 {
		return nil, errors.New("mail: Config.Timeout is below 0")
	}
	trust := cmp.Or(c.TLS, new(tls.Config)).Clone()
	trust.ServerName = cmp.Or(trust.ServerName, s.host)
	return &Client{server: s, from: from, timeout: cmp.Or(c.Timeout, time.Minute), tls: trust}, nil
}

// parseFrom reads the address that messages are from by default.
func parseFrom(text string) (Address, error) {
	from, err := mail.ParseAddress(text)
	if err != nil {
		return Address{}, fmt.Errorf("mail: From is %q; it should look like Shop <shop@example.com>", text)
	}
	if !ascii(from.Address) {
		return Address{}, fmt.Errorf("mail: the address in From, %q, is not in ASCII; %s", from.Address, punycode)
	}
	return *from, nil
}

// Send hands a message to the server. If the connection is lost after the server got the message and before it
// said so, that is an error, and the next attempt sends a second copy with the same Message.ID. Inside a transaction
// it warns, and fails in tests: see db.Outside.
func (c *Client) Send(ctx context.Context, m Message) error {
	if err := db.Outside(ctx, "sending a mail"); err != nil {
		return err
	}
	m, err := m.complete(c.from)
	if err != nil {
		return err
	}
	w, err := encode(m)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", c.server.address())
	if err != nil {
		return c.failed(ctx, err, false)
	}
	defer conn.Close()
	// go-mail heeds a context only while it connects.
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()

	session, err := c.greet(ctx, conn)
	if err != nil {
		return c.failed(ctx, err, false)
	}
	err = c.hand(session, w)
	if err == nil || replied(err) {
		// How the farewell goes decides nothing. In the middle of a message there is none: go-mail would end the
		// message first, and the server take half of it.
		_ = conn.SetDeadline(time.Now().Add(time.Second))
		_ = session.Quit()
	}
	if err != nil {
		return c.failed(ctx, err, refused(err))
	}
	return nil
}
