package mail_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/mail"
	"github.com/terem-go/terem/mail/mailtest"
)

// hostile are texts that try to be more than a subject, a name or the value of a header, with what they must be
// to the recipient.
var hostile = []struct{ text, want string }{
	{"a\r\nBcc: evil@example.org", "a Bcc: evil@example.org"},
	{"a\nBcc: evil@example.org\n\n<script>", "a Bcc: evil@example.org <script>"},
	{"a\rb", "a b"},
	{"\r\n\r\na", "a"},
	{"a\r\n .\r\nMAIL FROM:<evil@example.org>", "a . MAIL FROM:<evil@example.org>"},
	{"a\x00b\x1b[31m\x7f\u0085c\u2028d", "a b [31m c d"},
	{"a" + strings.Repeat(" ", 300) + "b", "a b"},
	{strings.Repeat("word ", 170), strings.TrimSpace(strings.Repeat("word ", 170))},
	{strings.Repeat("x", 900), strings.Repeat("x", 900)},
	{strings.Repeat("ё", 450), strings.Repeat("ё", 450)},
	{"bad \xff\xfe bytes", "bad \uFFFD bytes"},
	{`", <evil@example.org>, "`, `", <evil@example.org>, "`},
	{`Anna" <evil@example.org>`, `Anna" <evil@example.org>`},
	{`\", evil@example.org`, `\", evil@example.org`},
	{"=?utf-8?q?=0D=0ABcc:_evil?=", "= ?utf-8?q?=0D=0ABcc:_evil?="},
	{"Анна\r\nBcc: зло@example.org", "Анна Bcc: зло@example.org"},
}

func TestHostileTextsStayOnTheirLine(t *testing.T) {
	t.Parallel()
	s := mailtest.Start(t, mailtest.Options{})
	client := open(t, s)
	for i, h := range hostile {
		m := mail.Message{
			From:    mail.Address{Name: h.text, Address: "shop@example.com"},
			To:      []mail.Address{{Name: h.text, Address: "anna@example.com"}},
			ReplyTo: []mail.Address{{Name: h.text, Address: "help@example.com"}},
			Subject: h.text,
			Text:    "text",
			Header:  map[string]string{"X-Note": h.text},
		}
		send(t, client, m)
		got := s.Wait(t, i+1)[i]
		if got.Subject != h.want || got.From[0].Name != h.want || got.To[0].Name != h.want || got.ReplyTo[0].Name != h.want {
			t.Errorf("%q came as %q, %q, %q, %q", h.text, got.Subject, got.From, got.To, got.ReplyTo)
		}
		if len(got.Header) != 10 || len(got.To) != 1 || got.Header.Get("X-Note") == "" || got.Text != "text\n" {
			t.Errorf("%q changed the message:\n%s", h.text, got.Raw)
		}
		if want := []string{"anna@example.com"}; !slices.Equal(got.Recipients, want) {
			t.Errorf("%q came to %q, want %q", h.text, got.Recipients, want)
		}
		if m.Subject != h.text || m.To[0].Name != h.text || m.Header["X-Note"] != h.text || m.ID != "" {
			t.Errorf("%q was changed in the caller's message", h.text)
		}
	}
}

func TestMessagesThatCannotBeSent(t *testing.T) {
	t.Parallel()
	to := func(address string) func(*mail.Message) {
		return func(m *mail.Message) { m.To = []mail.Address{{Address: address}} }
	}
	header := func(name, value string) func(*mail.Message) {
		return func(m *mail.Message) { m.Header = map[string]string{name: value} }
	}
	tests := []struct {
		name   string
		change func(*mail.Message)
		want   string
	}{
		{"nobody", func(m *mail.Message) { m.To = nil }, "no recipient"},
		{"101 recipients", func(m *mail.Message) { m.Bcc = slices.Repeat(m.To, 100) }, "101 recipients"},
		{"no subject", func(m *mail.Message) { m.Subject = " \r\n" }, "no subject"},
		{"long subject", func(m *mail.Message) { m.Subject = strings.Repeat("x", 901) }, "subject has 901 bytes"},
		{"no content", func(m *mail.Message) { m.Text = "" }, "neither text nor HTML"},
		{"long content", func(m *mail.Message) { m.HTML = strings.Repeat("x", 1<<20) }, "1048587 bytes"},
		{"long name", func(m *mail.Message) { m.To[0].Name = strings.Repeat("x", 901) }, "To: a name has 901 bytes"},

		{"no address", to(""), `To: "" is not an address`},
		{"no @", to("anna"), `To: "anna" is not`},
		{"no domain", to("anna@"), `is not an address`},
		{"two addresses", to("anna@example.com, evil@example.org"), `is not an address`},
		{"name in the address", to("Anna <anna@example.com>"), `is not an address`},
		{"new line", to("anna@example.com\r\nRCPT TO:<evil@example.org>"), `is not an address`},
		{"new line at the end", to("anna@example.com\n"), `is not an address`},
		{"NUL", to("anna\x00@example.com"), `is not an address`},
		{"bracket", to("anna@example.com> SIZE=1"), `is not an address`},
		{"space", to("an na@example.com"), `is not an address`},
		{"quoted", to("\"an\\\r\nna\"@example.com"), `is not an address`},
		{"comment", to("anna@example.com (Anna)"), `is not an address`},
		{"long address", to("anna@" + strings.Repeat("x.", 200) + "example"), `is not an address`},
		{"Cc", func(m *mail.Message) { m.Cc = []mail.Address{{Address: "x"}} }, `Cc: "x" is not`},
		{"Bcc", func(m *mail.Message) { m.Bcc = []mail.Address{{Address: "x"}} }, `Bcc: "x" is not`},
		{"Reply-To", func(m *mail.Message) { m.ReplyTo = []mail.Address{{Address: "x"}} }, `Reply-To: "x" is not`},
		{"From", func(m *mail.Message) { m.From = mail.Address{Address: "x"} }, `From: "x" is not`},
		{"From with only a name", func(m *mail.Message) { m.From = mail.Address{Name: "Shop"} }, `From: "" is not`},
		{"From outside ASCII", func(m *mail.Message) { m.From = mail.Address{Address: "a@münchen.example"} }, "xn--"},

		{"long ID", func(m *mail.Message) { m.ID = strings.Repeat("x", 101) }, "ID"},
		{"ID with another domain", func(m *mail.Message) { m.ID = "a@b" }, "ID"},
		{"ID with a new line", func(m *mail.Message) { m.ID = "a\r\nBcc: x" }, "ID"},
		{"ID outside ASCII", func(m *mail.Message) { m.ID = "ё" }, "ID"},
		{"ID with two dots", func(m *mail.Message) { m.ID = "a..b" }, "ID"},
		{"ID that begins with a dot", func(m *mail.Message) { m.ID = ".a" }, "ID"},

		{"header with a colon", header("X-A: b\r\nBcc", "x"), "not a name of a header"},
		{"header with a space", header("X A", "x"), "not a name of a header"},
		{"header with a new line", header("X\r\nBcc", "x"), "not a name of a header"},
		{"header outside ASCII", header("X-ё", "x"), "not a name of a header"},
		{"header without a name", header("", "x"), "not a name of a header"},
		{"long name of a header", header(strings.Repeat("x", 71), "x"), "not a name of a header"},
		{"recipient by header", header("bcc", "evil@example.org"), "Bcc is not set by Header"},
		{"subject by header", header("SUBJECT", "x"), "Subject is not set by Header"},
		{"content by header", header("content-type", "text/x"), "Content-Type is not set by Header"},
		{"header without a value", header("X-A", "\r\n"), "X-A has 0 bytes"},
		{"long header", header("X-A", strings.Repeat("x", 901)), "X-A has 901 bytes"},
		{"many headers", func(m *mail.Message) {
			m.Header = map[string]string{}
			for i := range 21 {
				m.Header[fmt.Sprint("X-", i)] = "x"
			}
		}, "21 further headers"},
	}
	s := mailtest.Start(t, mailtest.Options{})
	client, box := open(t, s), mailbox(t)
	for _, test := range tests {
		for _, sender := range []mail.Sender{client, box} {
			m := welcome()
			test.change(&m)
			err := refused(t, sender, m, "Hello Anna")
			if !strings.Contains(err.Error(), test.want) || !mail.Permanent(err) || len(err.Error()) > 500 {
				t.Errorf("%s: Permanent is %t for %v", test.name, mail.Permanent(err), err)
			}
		}
	}
	if n, m := len(s.Messages()), len(box.Letters()); n != 0 || m != 0 {
		t.Errorf("%d and %d messages were taken", n, m)
	}
}

func TestMessagesAtTheBounds(t *testing.T) {
	t.Parallel()
	s := mailtest.Start(t, mailtest.Options{})
	m := welcome()
	m.To = slices.Repeat(m.To, 100)
	m.Text = strings.Repeat("ё\n", 1<<20/3)
	m.ID = strings.Repeat("x", 100)
	send(t, open(t, s), m)
	got := s.Wait(t, 1)[0]
	if diff := cmp.Diff(m.Text, got.Text); diff != "" {
		t.Errorf("the text came otherwise: %.200s", diff)
	}
	if len(got.To) != 100 {
		t.Errorf("%d recipients are named, want 100", len(got.To))
	}
}
