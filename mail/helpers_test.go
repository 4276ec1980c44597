package mail_test

import (
	"strings"
	"testing"
	"time"

	"github.com/terem-go/terem/mail"
	"github.com/terem-go/terem/mail/mailtest"
)

const shop = "Shop <shop@example.com>"

// open returns a client for the server.
func open(t *testing.T, s *mailtest.Server) *mail.Client {
	t.Helper()
	return openURL(t, s.URL(), mail.Config{From: shop, TLS: s.ClientTLS()})
}

func openURL(t *testing.T, url string, c mail.Config) *mail.Client {
	t.Helper()
	client, err := mail.Open(url, c)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func mailbox(t *testing.T) *mail.Mailbox {
	t.Helper()
	box, err := mail.NewMailbox(shop)
	if err != nil {
		t.Fatal(err)
	}
	return box
}

func welcome() mail.Message {
	return mail.Message{
		To:      []mail.Address{{Name: "Anna", Address: "anna@example.com"}},
		Subject: "Welcome",
		Text:    "Hello Anna\n",
	}
}

// send sends a message and fails the test if that is an error.
func send(t *testing.T, s mail.Sender, m mail.Message) {
	t.Helper()
	if err := s.Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
}

// refused sends a message and returns the error, which must come in 5 s and hold none of the secrets.
func refused(t *testing.T, s mail.Sender, m mail.Message, secrets ...string) error {
	t.Helper()
	begun := time.Now()
	err := s.Send(t.Context(), m)
	if err == nil {
		t.Fatal("no error")
	}
	if took := time.Since(begun); took > 5*time.Second {
		t.Errorf("the error came after %v", took)
	}
	for _, secret := range secrets {
		if strings.Contains(err.Error(), secret) {
			t.Errorf("the error holds %q: %v", secret, err)
		}
	}
	return err
}
