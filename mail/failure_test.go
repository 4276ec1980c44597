package mail_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/terem-go/terem/mail"
	"github.com/terem-go/terem/mail/mailtest"
)

func TestRefusals(t *testing.T) {
	t.Parallel()
	tests := []struct {
		at        mailtest.Stage
		reply     string
		permanent bool
	}{
		{mailtest.Connect, "554 5.3.2 no service for you", false},
		{mailtest.Connect, "421 4.3.2 overloaded", false},
		{mailtest.Sender, "550 5.1.8 who are you", true},
		{mailtest.Sender, "451 4.3.0 later", false},
		{mailtest.Sender, "530 5.7.0 log in first", false},
		{mailtest.Recipient, "550 5.1.1 no such user", true},
		{mailtest.Recipient, "450 4.2.1 busy", false},
		{mailtest.Recipient, "421 4.3.2 going down", false},
		{mailtest.Data, "554 5.5.1 no", true},
		{mailtest.Data, "451 4.3.0 later", false},
		{mailtest.Content, "552 5.3.4 too large", true},
		{mailtest.Content, "452 4.3.1 disk full", false},
	}
	for _, test := range tests {
		t.Run(string(test.at)+" "+test.reply, func(t *testing.T) {
			t.Parallel()
			s := mailtest.Start(t, mailtest.Options{})
			s.Reply(test.at, test.reply)
			client := open(t, s)
			err := refused(t, client, welcome(), "Hello Anna")
			if mail.Permanent(err) != test.permanent || mail.Permanent(fmt.Errorf("job: %w", err)) != test.permanent {
				t.Errorf("Permanent is %t, want %t", !test.permanent, test.permanent)
			}
			code, words, _ := strings.Cut(test.reply, " ")
			if !strings.Contains(err.Error(), code) || !strings.Contains(err.Error(), words) {
				t.Errorf("the error does not hold the reply: %v", err)
			}
			if got := s.Messages(); len(got) != 0 {
				t.Errorf("%d messages were taken", len(got))
			}
			send(t, client, welcome())
		})
	}
}

func TestPermanentOfOtherErrors(t *testing.T) {
	t.Parallel()
	for _, err := range []error{nil, errors.New("else"), context.Canceled} {
		if mail.Permanent(err) {
			t.Errorf("Permanent(%v) is true", err)
		}
	}
}

func TestOneRefusedRecipientStopsTheMessage(t *testing.T) {
	t.Parallel()
	s := mailtest.Start(t, mailtest.Options{})
	s.Reply(mailtest.Recipient, "250 yes", "550 5.1.1 no such user")
	m := welcome()
	m.Cc = []mail.Address{{Address: "nobody@example.com"}}
	if err := refused(t, open(t, s), m); !strings.Contains(err.Error(), "nobody@example.com") || !mail.Permanent(err) {
		t.Errorf("Permanent is %t for %v", mail.Permanent(err), err)
	}
	if got := s.Messages(); len(got) != 0 {
		t.Errorf("%d messages were taken", len(got))
	}
}

// stages are those at which a client waits for the server.
var stages = []mailtest.Stage{mailtest.Connect, mailtest.Hello, mailtest.Secure, mailtest.Login, mailtest.Sender,
	mailtest.Recipient, mailtest.Data, mailtest.Content}

func TestServerThatHangs(t *testing.T) {
	t.Parallel()
	const wait = 200 * time.Millisecond
	for _, at := range stages {
		t.Run(string(at), func(t *testing.T) {
			t.Parallel()
			s := mailtest.Start(t, mailtest.Options{Security: mailtest.StartTLS, User: "shop", Password: "secret"})
			s.Reply(at, mailtest.Hang, mailtest.Hang, mailtest.Hang)
			patient := open(t, s)

			ctx, cancel := context.WithTimeout(t.Context(), wait)
			defer cancel()
			late(t, patient.Send(ctx, welcome()), context.DeadlineExceeded)

			ctx, cancel = context.WithCancel(t.Context())
			time.AfterFunc(wait, cancel)
			late(t, patient.Send(ctx, welcome()), context.Canceled)

			hasty := openURL(t, s.URL(), mail.Config{From: shop, TLS: s.ClientTLS(), Timeout: wait})
			late(t, refused(t, hasty, welcome()), context.DeadlineExceeded)
		})
	}
}

func late(t *testing.T, got, want error) {
	t.Helper()
	if !errors.Is(got, want) || mail.Permanent(got) {
		t.Errorf("the error is %v, want %v", got, want)
	}
}

func TestServerThatDropsTheConnection(t *testing.T) {
	t.Parallel()
	for _, at := range stages {
		t.Run(string(at), func(t *testing.T) {
			t.Parallel()
			s := mailtest.Start(t, mailtest.Options{Security: mailtest.StartTLS, User: "shop", Password: "secret"})
			s.Reply(at, mailtest.Drop)
			client := open(t, s)
			if err := refused(t, client, welcome(), "secret"); mail.Permanent(err) {
				t.Errorf("Permanent is true for %v", err)
			}
			send(t, client, welcome())
			if got := len(s.Messages()); got != 1 {
				t.Errorf("%d messages were taken, want 1", got)
			}
		})
	}
}

func TestServerThatIsDownAtFirst(t *testing.T) {
	t.Parallel()
	s := mailtest.Start(t, mailtest.Options{})
	s.Down()
	client := open(t, s)
	if err := refused(t, client, welcome()); mail.Permanent(err) {
		t.Errorf("Permanent is true for %v", err)
	}
	s.Up(t)
	send(t, client, welcome())
	s.Wait(t, 1)
}

func TestTakenMessageIsNotAnErrorWhateverFollows(t *testing.T) {
	t.Parallel()
	for _, reply := range []string{"500 5.0.0 what?", "421 4.0.0 gone", mailtest.Drop, mailtest.Hang} {
		s := mailtest.Start(t, mailtest.Options{})
		s.Reply(mailtest.Quit, reply)
		begun := time.Now()
		send(t, open(t, s), welcome())
		if took := time.Since(begun); took > 3*time.Second {
			t.Errorf("%s: it took %v", reply, took)
		}
		s.Wait(t, 1)
	}
}

func TestSecondAttemptAfterALostAnswerHasTheSameID(t *testing.T) {
	t.Parallel()
	s := mailtest.Start(t, mailtest.Options{})
	s.Reply(mailtest.Taken, mailtest.Drop)
	client, m := open(t, s), welcome()
	m.ID = "job-4"
	if err := refused(t, client, m); mail.Permanent(err) {
		t.Errorf("Permanent is true for %v", err)
	}
	send(t, client, m)
	for _, m := range s.Wait(t, 2) {
		if got, want := m.Header.Get("Message-Id"), "<job-4@example.com>"; got != want {
			t.Errorf("Message-ID is %s, want %s", got, want)
		}
	}
}

func TestSecretsStaySecret(t *testing.T) {
	t.Parallel()
	const password = `hunter"2-äöü`
	encoded := base64.StdEncoding.EncodeToString([]byte(password))
	both := base64.StdEncoding.EncodeToString([]byte("\x00shop\x00" + password))
	s := mailtest.Start(t, mailtest.Options{User: "shop", Password: password})
	client := open(t, s)

	s.Reply(mailtest.Login, "535 5.7.8 not "+password+" "+encoded+" "+both)
	err := refused(t, client, welcome(), password, encoded, both, "Hello Anna")
	if mail.Permanent(err) || !strings.Contains(err.Error(), "5.7.8 not *** *** ***") {
		t.Errorf("Permanent is %t for %v", mail.Permanent(err), err)
	}
	s.Reply(mailtest.Recipient, "550 "+strings.Repeat("long\x1b[31m ", 1000))
	if err := refused(t, client, welcome()); len(err.Error()) > 500 || strings.Contains(err.Error(), "\x1b") {
		t.Errorf("the words of the server are in the error as they are: %q", err)
	}

	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("open", "mail", client, "value", *client)
	slog.New(slog.NewJSONHandler(&log, nil)).Info("open", "mail", client, "value", *client)
	fmt.Fprintf(&log, "%v %+v %#v %v %+v %#v", client, client, client, *client, *client, *client)
	if strings.Contains(log.String(), password) {
		t.Errorf("the client prints its password: %s", &log)
	}
}

func TestNoPasswordWithoutTLS(t *testing.T) {
	t.Parallel()
	s := mailtest.Start(t, mailtest.Options{User: "shop", Password: "secret"})
	client := openURL(t, s.URL()+"?tls=required", mail.Config{From: shop})
	if err := refused(t, client, welcome(), "secret"); !strings.Contains(err.Error(), "STARTTLS") || mail.Permanent(err) {
		t.Errorf("Permanent is %t for %v", mail.Permanent(err), err)
	}
}

func TestCertificateThatIsNotTrusted(t *testing.T) {
	t.Parallel()
	for _, security := range []mailtest.Security{mailtest.StartTLS, mailtest.TLS} {
		s := mailtest.Start(t, mailtest.Options{Security: security, User: "shop", Password: "secret"})
		client := openURL(t, s.URL(), mail.Config{From: shop})
		if err := refused(t, client, welcome(), "secret"); !strings.Contains(err.Error(), "certificate") || mail.Permanent(err) {
			t.Errorf("Permanent is %t for %v", mail.Permanent(err), err)
		}
	}
}
