package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"
)

// greet begins the conversation: TLS, EHLO, STARTTLS, AUTH.
func (c *Client) greet(ctx context.Context, conn net.Conn) (*smtp.Client, error) {
	options := []gomail.Option{gomail.WithTLSConfig(c.tls), gomail.WithTimeout(c.timeout + time.Second)} // ctx is first
	switch c.server.security {
	case unencrypted:
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	case startTLS:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	case implicitTLS:
		conn = tls.Client(conn, c.tls)
		options = append(options, gomail.WithSSL())
	}
	options = append(options, gomail.WithDialContextFunc(func(context.Context, string, string) (net.Conn, error) { return conn, nil }))
	if c.server.user != "" {
		plain, login := gomail.SMTPAuthPlain, gomail.SMTPAuthLogin
		if c.server.security == unencrypted { // to this machine
			plain, login = gomail.SMTPAuthPlainNoEnc, gomail.SMTPAuthLoginNoEnc
		}
		options = append(options, gomail.WithOpportunisticSMTPAuth(plain, login),
			gomail.WithUsername(c.server.user), gomail.WithPassword(c.server.password))
	}
	client, err := gomail.NewClient(c.server.host, options...)
	if err != nil {
		return nil, err
	}
	return client.DialToSMTPClientWithContext(ctx)
}

// hand gives the message to the server.
func (c *Client) hand(s *smtp.Client, w *wire) error {
	if utf8, _ := s.Extension("SMTPUTF8"); !utf8 && !w.plain() {
		return errSMTPUTF8
	}
	if _, size := s.Extension("SIZE"); tooLarge(size, len(w.raw)) {
		return fmt.Errorf("%w: it has %d bytes, and the server takes %s", errTooLarge, len(w.raw), size)
	}
	s.SkipSMTPUTF8(w.plain()) // else a server further on may refuse the message for want of it
	if err := s.Mail(w.from); err != nil {
		return fmt.Errorf("sender %s: %w", w.from, err)
	}
	for _, to := range w.to {
		if err := s.Rcpt(to); err != nil {
			return fmt.Errorf("recipient %s: %w", to, err)
		}
	}
	data, err := s.Data()
	if err != nil {
		return err
	}
	if _, err := data.Write(w.raw); err != nil {
		return err
	}
	if err = data.Close(); err != nil && !replied(err) {
		return &unanswered{err}
	}
	return err
}

// tooLarge reports whether a message has more bytes than a server says that it takes; it may say nothing, or 0.
func tooLarge(size string, bytes int) bool {
	most, err := strconv.Atoi(size)
	return err == nil && most > 0 && bytes > most
}

var errTooLarge = errors.New("the message is too large")

var errSMTPUTF8 = errors.New("the server takes no addresses outside ASCII (SMTPUTF8); " + punycode)
