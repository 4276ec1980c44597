package mail_test

import (
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/terem-go/terem/mail"
	"github.com/terem-go/terem/mail/mailtest"
)

func TestSendWithAndWithoutTLSAndLogin(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]mailtest.Options{
		"plain":           {},
		"plain, login":    {User: "shop", Password: "pass:w@rd/1"},
		"STARTTLS":        {Security: mailtest.StartTLS},
		"STARTTLS, login": {Security: mailtest.StartTLS, User: "shop@example.com", Password: "p%ss wörd#"},
		"TLS":             {Security: mailtest.TLS},
		"TLS, login":      {Security: mailtest.TLS, User: "shop", Password: "?x=1&y"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := mailtest.Start(t, o)
			send(t, open(t, s), mail.Message{
				To:      []mail.Address{{Name: "Анна «Ёлкина»", Address: "anna@example.com"}, {Address: "second@example.com"}},
				Cc:      []mail.Address{{Name: `O'Neil, "Bob" \ Jr.`, Address: "bob+news@example.com"}},
				Bcc:     []mail.Address{{Name: "Hidden", Address: "hidden@example.org"}},
				ReplyTo: []mail.Address{{Name: "Help", Address: "help@example.com"}},
				Subject: "Добро пожаловать, Анна, в магазин с довольно длинным названием 🛍 & more",
				Text:    "Привет!\n\n.\n.. a line of dots\nhttps://example.com/" + strings.Repeat("x", 2000) + "\n\tthe end = \r\n",
				HTML:    "<p>Привет!</p>\n<p>" + strings.Repeat("a long line without an end ", 100) + "</p>\n",
				Header:  map[string]string{"list-unsubscribe": "<https://example.com/u/1>, <mailto:u@example.com>"},
			})
			got := s.Messages()
			want := []mailtest.Message{{
				Sender:     "shop@example.com",
				Recipients: []string{"anna@example.com", "second@example.com", "bob+news@example.com", "hidden@example.org"},
				From:       []*mail.Address{{Name: "Shop", Address: "shop@example.com"}},
				To:         []*mail.Address{{Name: "Анна «Ёлкина»", Address: "anna@example.com"}, {Address: "second@example.com"}},
				Cc:         []*mail.Address{{Name: `O'Neil, "Bob" \ Jr.`, Address: "bob+news@example.com"}},
				ReplyTo:    []*mail.Address{{Name: "Help", Address: "help@example.com"}},
				Subject:    "Добро пожаловать, Анна, в магазин с довольно длинным названием 🛍 & more",
				Text:       "Привет!\n\n.\n.. a line of dots\nhttps://example.com/" + strings.Repeat("x", 2000) + "\n\tthe end = \n",
				HTML:       "<p>Привет!</p>\n<p>" + strings.Repeat("a long line without an end ", 100) + "</p>\n",
			}}
			if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(mailtest.Message{}, "Raw", "Header")); diff != "" {
				t.Errorf("the message (-want +got):\n%s", diff)
			}
			header := got[0].Header
			if got, want := header.Get("List-Unsubscribe"), "<https://example.com/u/1>, <mailto:u@example.com>"; got != want {
				t.Errorf("List-Unsubscribe is %q, want %q", got, want)
			}
			if strings.Contains(strings.ToLower(string(got[0].Raw)), "hidden") {
				t.Error("the message shows who gets a blind copy")
			}
		})
	}
}

func TestHeadersOfEveryMessage(t *testing.T) {
	t.Parallel()
	s := mailtest.Start(t, mailtest.Options{})
	client := open(t, s)
	send(t, client, welcome())
	m := welcome()
	m.ID, m.From, m.Text, m.HTML = "job-17.1_a", mail.Address{Address: "news@lists.example.org"}, "", "<p>Hello</p>\n"
	send(t, client, m)

	messages := s.Messages()
	for i, m := range messages {
		var names []string
		for name := range m.Header {
			names = append(names, name)
		}
		want := []string{"Content-Transfer-Encoding", "Content-Type", "Date", "From", "Message-Id", "Mime-Version", "Subject", "To"}
		if diff := cmp.Diff(want, names, cmpopts.SortSlices(strings.Compare)); diff != "" {
			t.Errorf("message %d: the headers (-want +got):\n%s", i, diff)
		}
		if date, err := m.Header.Date(); err != nil || time.Since(date).Abs() > time.Minute {
			t.Errorf("message %d: Date is %q, want now", i, m.Header.Get("Date"))
		}
	}
	if id := messages[0].Header.Get("Message-Id"); len(id) < 30 || !strings.HasSuffix(id, "@example.com>") {
		t.Errorf("a random Message-ID is %s", id)
	}
	if got, want := messages[1].Header.Get("Message-Id"), "<job-17.1_a@lists.example.org>"; got != want {
		t.Errorf("Message-ID is %s, want %s", got, want)
	}
	if got := messages[1]; got.Sender != "news@lists.example.org" || got.HTML != "<p>Hello</p>\n" || got.Text != "" {
		t.Errorf("a message of HTML from somebody else came from %s with HTML %q and text %q", got.Sender, got.HTML, got.Text)
	}
}

func TestLoginWithoutPLAIN(t *testing.T) {
	t.Parallel()
	s := mailtest.Start(t, mailtest.Options{User: "shop", Password: "secret"})
	s.Reply(mailtest.Hello, "250-old\r\n250 AUTH LOGIN")
	send(t, open(t, s), welcome())
	s.Wait(t, 1)
}

func TestAddressesOutsideASCII(t *testing.T) {
	t.Parallel()
	s := mailtest.Start(t, mailtest.Options{})
	client := open(t, s)
	m := welcome()
	m.To = []mail.Address{{Name: "Jürgen", Address: "jürgen@münchen.example"}}
	send(t, client, m)
	if got := s.Messages()[0]; got.Recipients[0] != "jürgen@münchen.example" || got.To[0].Address != "jürgen@münchen.example" {
		t.Errorf("the message came for %v, %v", got.Recipients, got.To)
	}

	s.Reply(mailtest.Hello, "250 an old server without SMTPUTF8")
	if err := refused(t, client, m); !mail.Permanent(err) || !strings.Contains(err.Error(), "SMTPUTF8") {
		t.Errorf("Permanent is %t for %v", mail.Permanent(err), err)
	}
	s.Reply(mailtest.Hello, "250 an old server without SMTPUTF8")
	send(t, client, welcome())

	// An address for answers stands in the message, too.
	m = welcome()
	m.ReplyTo = []mail.Address{{Address: "jürgen@münchen.example"}}
	s.Reply(mailtest.Hello, "250 an old server without SMTPUTF8")
	if err := refused(t, client, m); !mail.Permanent(err) || !strings.Contains(err.Error(), "SMTPUTF8") {
		t.Errorf("with such an address for answers, Permanent is %t for %v", mail.Permanent(err), err)
	}
}

func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	s := mailtest.Start(t, mailtest.Options{Security: mailtest.StartTLS, User: "shop", Password: "secret"})
	client := open(t, s)
	var group sync.WaitGroup
	for i := range 20 {
		group.Go(func() {
			m := welcome()
			m.Subject = fmt.Sprint("Message ", i)
			if err := client.Send(t.Context(), m); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	subjects := map[string]bool{}
	for _, m := range s.Messages() {
		subjects[m.Subject] = true
	}
	if len(subjects) != 20 {
		t.Errorf("%d of 20 messages came", len(subjects))
	}
}

func TestServerOnIPv6(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "[::1]:0")
	if err != nil {
		t.Skip("this machine has no IPv6: ", err)
	}
	defer l.Close()
	s := mailtest.Start(t, mailtest.Options{})
	go func() { // carries one connection to the server
		client, err := l.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", strings.TrimPrefix(s.URL(), "smtp://"))
		if err != nil {
			client.Close()
			return
		}
		go func() { _, _ = server.(*net.TCPConn).ReadFrom(client) }()
		_, _ = client.(*net.TCPConn).ReadFrom(server)
	}()
	send(t, openURL(t, "smtp://"+l.Addr().String(), mail.Config{From: shop}), welcome())
	s.Wait(t, 1)
}

func TestOffSendsNothing(t *testing.T) {
	t.Parallel()
	send(t, mail.Off{}, welcome())
}
