package mailtest_test

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/smtp"
	"net/textproto"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/mail/mailtest"
)

const message = "From: Shop <shop@example.com>\r\nTo: anna@example.com\r\nSubject: Hello\r\n\r\n..Hello\r\n.\r\n..end\r\n"

// connect dials a server with the client of the standard library, and logs in if the server demands it.
func connect(s *mailtest.Server) (*smtp.Client, error) {
	u, err := url.Parse(s.URL())
	if err != nil {
		return nil, err
	}
	conn, err := net.DialTimeout("tcp", u.Host, 5*time.Second)
	if err != nil {
		return nil, err
	}
	if u.Scheme == "smtps" {
		trust := s.ClientTLS()
		trust.ServerName = u.Hostname()
		conn = tls.Client(conn, trust)
	}
	c, err := smtp.NewClient(conn, u.Hostname())
	if err != nil {
		return nil, err
	}
	if u.Query().Get("tls") == "required" {
		trust := s.ClientTLS()
		trust.ServerName = u.Hostname()
		err = c.StartTLS(trust)
	}
	if password, ok := u.User.Password(); ok && err == nil {
		err = c.Auth(smtp.PlainAuth("", u.User.Username(), password, u.Hostname()))
	}
	return c, err
}

func deliver(c *smtp.Client, content string) error {
	if err := c.Mail("shop@example.com"); err != nil {
		return err
	}
	if err := c.Rcpt("anna@example.com"); err != nil {
		return err
	}
	w, err := c.Data()
	if err != nil {
		return err
	}
	if _, err := io.WriteString(w, content); err != nil {
		return err
	}
	return w.Close()
}

// attempt delivers a message over a connection of its own.
func attempt(s *mailtest.Server) error {
	c, err := connect(s)
	if err != nil {
		return err
	}
	defer c.Close()
	if err := deliver(c, message); err != nil {
		return err
	}
	return c.Quit()
}

func TestServerTakesMessages(t *testing.T) {
	t.Parallel()
	for _, o := range []mailtest.Options{
		{}, {User: "u:/@", Password: "p?#%"},
		{Security: mailtest.StartTLS}, {Security: mailtest.StartTLS, User: "u", Password: "p"},
		{Security: mailtest.TLS}, {Security: mailtest.TLS, User: "u", Password: "p"},
	} {
		s := mailtest.Start(t, o)
		for range 2 {
			if err := attempt(s); err != nil {
				t.Fatalf("%+v: %v", o, err)
			}
		}
		for _, m := range s.Wait(t, 2) {
			if m.Subject != "Hello" || m.Text != "..Hello\n.\n..end\n" || string(m.Raw) != message {
				t.Errorf("%+v: the message is %q", o, m.Raw)
			}
			if diff := cmp.Diff([]string{"shop@example.com", "anna@example.com"}, append([]string{m.Sender}, m.Recipients...)); diff != "" {
				t.Errorf("%+v: sender and recipients (-want +got):\n%s", o, diff)
			}
		}
	}
}

// say sends lines to a new server and returns the codes of the replies to them.
func say(t *testing.T, o mailtest.Options, lines ...string) []string {
	t.Helper()
	s := mailtest.Start(t, o)
	u, err := url.Parse(s.URL())
	if err != nil {
		t.Fatal(err)
	}
	conn, err := textproto.Dial("tcp", u.Host)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	var codes []string
	for i := range len(lines) + 1 {
		if i > 0 {
			if err := conn.PrintfLine("%s", lines[i-1]); err != nil {
				t.Fatal(err)
			}
		}
		code, _, err := conn.ReadResponse(0)
		if err != nil {
			t.Fatalf("%q: %v", lines[:i], err)
		}
		codes = append(codes, strconv.Itoa(code))
	}
	return codes[1:]
}

func TestServerIsStrict(t *testing.T) {
	t.Parallel()
	login := mailtest.Options{User: "u", Password: "p"}
	for name, test := range map[string]struct {
		options mailtest.Options
		lines   string // separated by |
		want    string
	}{
		"out of order":          {mailtest.Options{}, "EHLO x|RCPT TO:<a@b>|DATA|MAIL FROM:<a@b>|DATA|RCPT TO:<a@b>|RSET|DATA|NOOP|QUIT", "250 503 503 250 503 250 250 503 250 221"},
		"not SMTP":              {mailtest.Options{}, "GET / HTTP/1.1|MAIL FROM:a@b|MAIL FROM:<a b@c>|MAIL FROM:<a@b>|RCPT TO:<a@b> <c@d>|", "503 503 503 250 503 503"},
		"no login":              {login, "EHLO x|MAIL FROM:<a@b>", "250 530"},
		"wrong password":        {login, "EHLO x|AUTH PLAIN AHUAeA==|MAIL FROM:<a@b>", "250 535 530"},
		"no base64":             {login, "AUTH PLAIN !|MAIL FROM:<a@b>", "535 530"},
		"right password":        {login, "AUTH PLAIN AHUAcA==|MAIL FROM:<a@b>|AUTH PLAIN AHUAcA==", "235 250 503"},
		"password after PLAIN":  {login, "AUTH PLAIN|AHUAcA==|MAIL FROM:<a@b>", "334 235 250"},
		"LOGIN":                 {login, "AUTH LOGIN|dQ==|cA==|MAIL FROM:<a@b>", "334 334 235 250"},
		"LOGIN, wrong password": {login, "AUTH LOGIN|dQ==|dQ==|MAIL FROM:<a@b>", "334 334 535 530"},
		"another mechanism":     {login, "AUTH CRAM-MD5", "504"},
		"login nobody wants":    {mailtest.Options{}, "AUTH PLAIN AHUAcA==|STARTTLS", "503 503"},
		"outside ASCII":         {mailtest.Options{}, "MAIL FROM:<ё@b>|MAIL FROM:<a@b>|RCPT TO:<ё@b>|MAIL FROM:<ё@b> SMTPUTF8|RCPT TO:<ё@b>", "553 250 553 250 250"},
		"bare LF":               {mailtest.Options{}, "MAIL FROM:<a@b>|RCPT TO:<a@b>|DATA|Subject: x\n\ntext\r\n.|QUIT", "250 250 354 554 221"},
		"no header":             {mailtest.Options{}, "MAIL FROM:<a@b>|RCPT TO:<a@b>|DATA|text\r\n.|QUIT", "250 250 354 554 221"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := strings.Join(say(t, test.options, strings.Split(test.lines, "|")...), " "); got != test.want {
				t.Errorf("%s\ngot  %s\nwant %s", test.lines, got, test.want)
			}
		})
	}
}

func TestServerThatWantsTLSTakesNothingWithout(t *testing.T) {
	t.Parallel()
	s := mailtest.Start(t, mailtest.Options{Security: mailtest.StartTLS, User: "u", Password: "p"})
	u, err := url.Parse(s.URL())
	if err != nil {
		t.Fatal(err)
	}
	c, err := smtp.Dial(u.Host)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if offered, _ := c.Extension("AUTH"); offered {
		t.Error("AUTH is offered before TLS")
	}
	var reply *textproto.Error
	if err := c.Mail("shop@example.com"); !errors.As(err, &reply) || reply.Code != 530 {
		t.Errorf("the reply is %v, want 530", err)
	}
}

func TestReply(t *testing.T) {
	t.Parallel()
	s := mailtest.Start(t, mailtest.Options{Security: mailtest.StartTLS, User: "u", Password: "p"})
	for _, at := range []mailtest.Stage{mailtest.Connect, mailtest.Secure, mailtest.Login, mailtest.Sender,
		mailtest.Recipient, mailtest.Data, mailtest.Content} {
		s.Reply(at, "451 4.3.0 "+string(at), "551 5.1.1 "+string(at), mailtest.Drop)
		for _, want := range []int{451, 551, 0} {
			err := attempt(s)
			var reply *textproto.Error
			if errors.As(err, &reply) != (want > 0) || err == nil || want > 0 && (reply.Code != want || !strings.Contains(reply.Msg, string(at))) {
				t.Errorf("%s: the reply is %v, want %d", at, err, want)
			}
		}
	}
	if got := len(s.Messages()); got != 0 {
		t.Errorf("%d messages were taken", got)
	}
	s.Reply(mailtest.Taken, mailtest.Drop)
	if err := attempt(s); err == nil {
		t.Error("no error when the reply is lost")
	}
	if err := attempt(s); err != nil {
		t.Error(err)
	}
	s.Wait(t, 2)
}

func TestHangLastsUntilTheConnectionEnds(t *testing.T) {
	t.Parallel()
	s := mailtest.Start(t, mailtest.Options{})
	s.Reply(mailtest.Sender, mailtest.Hang)
	done := make(chan error, 1)
	go func() { done <- attempt(s) }()
	select {
	case err := <-done:
		t.Errorf("there was a reply: %v", err)
	case <-time.After(100 * time.Millisecond):
	}
	s.Down()
	if err := <-done; err == nil {
		t.Error("no error after the server went down")
	}
}

func TestDownAndUp(t *testing.T) {
	t.Parallel()
	s := mailtest.Start(t, mailtest.Options{})
	address := s.URL()
	for range 3 {
		if err := attempt(s); err != nil {
			t.Fatal(err)
		}
		s.Down()
		s.Down()
		if err := attempt(s); err == nil {
			t.Fatal("a server that is down takes messages")
		}
		s.Up(t)
	}
	if got := len(s.Messages()); got != 3 || s.URL() != address {
		t.Errorf("%d messages at %s, want 3 at %s", got, s.URL(), address)
	}
}
