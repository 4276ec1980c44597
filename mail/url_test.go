package mail_test

import (
	"strings"
	"testing"
	"time"

	"github.com/terem-go/terem/mail"
)

func TestURLsThatAreRefused(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]string{
		"":                                "neither smtp:// nor smtps://",
		"mail.example.com:25":             "",
		"http://mail.example.com":         "neither smtp:// nor smtps://",
		"smtp://":                         "names no host",
		"smtp://:25":                      "names no host",
		"smtp://mail.example.com:0":       "port between",
		"smtp://mail.example.com:65536":   "port between",
		"smtp://mail.example.com/inbox":   "more behind the host",
		"smtp://mail.example.com#x":       "more behind the host",
		"smtp://mail.example.com?TLS=off": "more behind the host",
		"smtp://mail.example.com?tls=off&tls=required": "more behind the host",
		"smtp://mail.example.com?tls=off&x=1":          "more behind the host",
		"smtp://mail.example.com?tls=maybe":            "neither required nor off",
		"smtps://mail.example.com?tls=off":             "leave ?tls=… out",
		"smtp://u:hunter2@mail.example.com?tls=off":    "not sent without TLS",
		"smtp://u@mail.example.com":                    "needs a password",
		"smtp://:hunter2@mail.example.com":             "needs a password",
		// Passwords that are not escaped.
		"smtp://u:hunter2/x@mail.example.com":   "",
		"smtp://u:12/hunter2@mail.example.com":  "more behind the host",
		"smtp://u:12?hunter2@mail.example.com":  "more behind the host",
		"smtp://u:12#hunter2@mail.example.com":  "more behind the host",
		"smtp://u:hunter2%zz@mail.example.com":  "not a URL",
		"smtp://u:hunter2 x@mail.example.com":   "not a URL",
		"smtp://u:hunter2\n@mail.example.com":   "not a URL",
		"smtp://u:12?tls=hunter2@mail.example":  "neither required nor off",
		"hunter2":                               "neither smtp:// nor smtps://",
		"smtps://u:hunter2@[::1":                "not a URL",
		"smtps://u:x@mail.example.com:hunter2/": "not a URL",
	} {
		_, err := mail.Open(url, mail.Config{From: shop})
		if err == nil {
			t.Errorf("%s: no error", url)
			continue
		}
		if text := err.Error(); !strings.Contains(text, want) || strings.Contains(text, "hunter2") || !strings.Contains(text, "percent-encoded") {
			t.Errorf("%s: the error is %v", url, err)
		}
	}
}

func TestURLsThatAreTaken(t *testing.T) {
	t.Parallel()
	for _, url := range []string{
		"smtp://127.0.0.1:1025", "smtp://localhost", "smtp://127.0.0.2:25/", "smtp://[::1]:1025", "smtp://mail.example.com",
		"smtp://relay.internal:25?tls=off", "smtp://127.0.0.1?tls=required", "smtps://mail.example.com",
		"smtps://user:p%40ss@mail.example.com:465", "smtp://user:x@localhost:1025", "smtp://shop%40example.com:x@mail.example.com",
	} {
		if _, err := mail.Open(url, mail.Config{From: shop}); err != nil {
			t.Errorf("%s: %v", url, err)
		}
	}
}

func TestConfigurationsThatAreRefused(t *testing.T) {
	t.Parallel()
	for _, from := range []string{"", "Shop", "Shop <shop>", "a@example.com, b@example.com", "Shop <shop@münchen.example>"} {
		_, err := mail.Open("smtp://127.0.0.1", mail.Config{From: from})
		if err == nil || !strings.Contains(err.Error(), "From") {
			t.Errorf("From %q: the error is %v", from, err)
		}
		if _, err := mail.NewMailbox(from); err == nil {
			t.Errorf("From %q: no error from NewMailbox", from)
		}
	}
	if _, err := mail.Open("smtp://127.0.0.1", mail.Config{From: shop, Timeout: -time.Second}); err == nil {
		t.Error("Timeout below 0: no error")
	}
}
