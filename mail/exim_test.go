//go:build unix

package mail_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/terem-go/terem/mail"
)

func to(address string) mail.Message {
	m := welcome()
	m.To = []mail.Address{{Address: address}}
	return m
}

func TestEximDelivers(t *testing.T) {
	t.Parallel()
	e := startExim(t)
	for name, url := range map[string]string{
		"plain":           "smtp://" + e.open,
		"STARTTLS":        "smtp://" + e.open + "?tls=required",
		"STARTTLS, login": "smtp://shop:pass%3Aw%40rd@" + e.submission + "?tls=required",
		"TLS, login":      "smtps://shop:pass%3Aw%40rd@" + e.smtps,
	} {
		m := to("anna@example.com")
		m.ID, m.Subject = "job-17."+strings.NewReplacer(",", "", " ", "_").Replace(name), "Счёт: "+name
		m.Text, m.HTML = "Привет\n.\n..\n", "<p>Привет</p>\n"
		m.Attachments = []mail.Attachment{{Name: "Счёт.pdf", Data: everyByte()}}
		send(t, e.client(t, url), m)
	}
	got := map[string]bool{}
	for _, m := range e.wait(t, 4) {
		got[m.Subject] = true
		if m.Text != "Привет\n.\n..\n" || m.HTML != "<p>Привет</p>\n" || !strings.HasPrefix(m.Header.Get("Message-Id"), "<job-17.") {
			t.Errorf("%s: the text is %q, the HTML %q, the Message-ID %s", m.Subject, m.Text, m.HTML, m.Header.Get("Message-Id"))
		}
		if a := m.Attachments; len(a) != 1 || a[0].Name != "Счёт.pdf" || a[0].Type != "application/pdf" || !bytes.Equal(a[0].Data, everyByte()) {
			t.Errorf("%s: %d attachments, or others than were sent", m.Subject, len(a))
		}
	}
	if len(got) != 4 {
		t.Errorf("these came: %v", got)
	}
}

// What the server refuses for good is permanent, whatever else may pass, and neither is delivered.
func TestEximRefuses(t *testing.T) {
	t.Parallel()
	e := startExim(t)
	open, large := "smtp://"+e.open, to("anna@example.com")
	large.Text = strings.Repeat("a line of text\n", 20_000)
	both := to("anna@example.com")
	both.Cc = []mail.Address{{Address: "nobody@example.com"}}
	untrusted := openURL(t, "smtps://"+e.smtps, mail.Config{From: shop})
	for name, c := range map[string]struct {
		client    *mail.Client
		message   mail.Message
		permanent bool
		want      string
	}{
		"nobody":            {e.client(t, open), to("nobody@example.com"), true, "no such user"},
		"one of two":        {e.client(t, open), both, true, "nobody@example.com"},
		"greylisted":        {e.client(t, open), to("grey@example.com"), false, "greylisted, try"},
		"too large":         {e.client(t, open), large, true, "too large"},
		"without a login":   {e.client(t, "smtp://"+e.submission+"?tls=required"), to("anna@example.com"), true, "log in first"},
		"a wrong password":  {e.client(t, "smtps://shop:hunter2@"+e.smtps), to("anna@example.com"), false, "535"},
		"login without TLS": {e.client(t, "smtp://shop:hunter2@"+e.submission), to("anna@example.com"), false, "AUTH"},
		"another authority": {untrusted, to("anna@example.com"), false, "certificate"},
	} {
		err := refused(t, c.client, c.message, "hunter2")
		if mail.Permanent(err) != c.permanent || mail.Uncertain(err) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: Permanent is %t, Uncertain %t for %v", name, mail.Permanent(err), mail.Uncertain(err), err)
		}
	}
	if err := os.WriteFile(filepath.Join(e.dir, "known"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	send(t, e.client(t, open), to("grey@example.com"))
	e.expect(t, 1)
}

// A message of which the server got a part is not delivered; one of which it got all may be, and that is said.
func TestEximAndConnectionsThatAreCut(t *testing.T) {
	t.Parallel()
	e := startExim(t)
	m := to("anna@example.com")
	m.Text = strings.Repeat("a line of text\n", 10_000)
	for _, half := range []bool{true, false} {
		err := refused(t, e.client(t, "smtp://"+e.cutter(t, half)), m)
		// How much of the half was still in this machine's buffers, the client cannot know.
		if mail.Permanent(err) || !half && !mail.Uncertain(err) {
			t.Errorf("half of it: %t: Permanent is %t, Uncertain %t for %v", half, mail.Permanent(err), mail.Uncertain(err), err)
		}
		e.expect(t, map[bool]int{true: 0, false: 1}[half])
	}
}

func TestEximUnderLoad(t *testing.T) {
	t.Parallel()
	e := startExim(t)
	client := e.client(t, "smtps://shop:pass%3Aw%40rd@"+e.smtps)
	errs := make(chan error)
	for i := range 20 {
		go func() {
			ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), 30*time.Second)
			defer cancel()
			m := to("anna@example.com")
			m.Subject = fmt.Sprint("Message ", i)
			errs <- client.Send(ctx, m)
		}()
	}
	for range 20 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	e.expect(t, 20)
}
