package mail_test

import (
	"bytes"
	netmail "net/mail"
	"slices"
	"strings"
	"testing"

	"github.com/terem-go/terem/mail"
)

// FuzzMessage: a message is refused, or goes to its recipients alone, with the
// headers that it has and no others.
func FuzzMessage(f *testing.F) {
	f.Add("Anna", "anna@example.com", "Welcome", "X-Note", "note")
	f.Add("a\r\nBcc: evil@example.org", "a@b", "a\nX: y\n\nz", "X-A", "b\r\n c")
	f.Add(`", <evil@example.org>, "`, `"a b"@example.com`, "=?utf-8?q?=0D=0ABcc:_evil?=", "Bcc", "evil@example.org")
	f.Add("Анна", "anna@[127.0.0.1]", "ё", "X-\x00", "\u2028")
	f.Add("", "a@b>,<c@d", "x", "Received", "x")
	f.Fuzz(func(t *testing.T, name, address, subject, header, value string) {
		box := mailbox(t)
		to := mail.Address{Name: name, Address: address}
		err := box.Send(t.Context(), mail.Message{
			To: []mail.Address{to, {Address: "second@example.com"}}, Bcc: []mail.Address{{Address: "hidden@example.com"}}, ReplyTo: []mail.Address{to},
			Subject: subject, Text: "text", Header: map[string]string{header: value},
		})
		if err != nil {
			return
		}
		raw := box.Letters()[0].Raw
		got, err := netmail.ReadMessage(bytes.NewReader(raw))
		if err != nil {
			t.Fatalf("%v:\n%q", err, raw)
		}
		if len(got.Header) != 10 || got.Header.Get("Bcc") != "" || bytes.Contains(raw, []byte("hidden@")) {
			t.Errorf("the headers are %q", got.Header)
		}
		for _, line := range strings.SplitAfter(string(raw), "\n") {
			if strings.HasSuffix(line, "\n") != strings.HasSuffix(line, "\r\n") || len(line) > 1000 {
				t.Errorf("the line %q", line)
			}
		}
		list, err := got.Header.AddressList("To")
		if err != nil || len(list) != 2 || !slices.Equal([]string{address, "second@example.com"}, []string{list[0].Address, list[1].Address}) {
			t.Errorf("%q goes to %q: %v", got.Header.Get("To"), list, err)
		}
	})
}

// FuzzURL: whatever is wrong with a URL, its password is not in the error.
func FuzzURL(f *testing.F) {
	for _, s := range [][2]string{{"", "@mail.example.com"}, {"/", "@h"}, {"%", "@h?tls=x"}, {"#", "@h"}, {"?", "@h"}, {"@", "@h:0"}, {" ", "@[::1"}, {"\n", "@h/x"}} {
		f.Add(s[0], s[1])
	}
	f.Fuzz(func(t *testing.T, odd, rest string) {
		const password = "hunter2"
		if strings.Contains(rest, password) {
			t.Skip()
		}
		for _, url := range []string{"smtp://me:" + password + odd + rest, "smtps://me:" + odd + password + rest} {
			if _, err := mail.Open(url, mail.Config{From: shop}); err != nil && strings.Contains(err.Error(), password) {
				t.Errorf("%q: %v", url, err)
			}
		}
	})
}
