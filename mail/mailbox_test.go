package mail_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/terem-go/terem/mail"
	"github.com/terem-go/terem/mail/mailtest"
)

func TestMailboxKeepsTheLast100(t *testing.T) {
	t.Parallel()
	box := mailbox(t)
	if got := box.Letters(); len(got) != 0 {
		t.Errorf("a new mailbox holds %d messages", len(got))
	}
	for i := range 130 {
		m := welcome()
		m.Subject = fmt.Sprint("Message ", i+1)
		send(t, box, m)
	}
	letters := box.Letters()
	if len(letters) != 100 {
		t.Fatalf("the mailbox holds %d messages, want 100", len(letters))
	}
	for i, l := range letters {
		if n := i + 31; l.Number != n || l.Subject != fmt.Sprint("Message ", n) || l.Time.IsZero() {
			t.Fatalf("letter %d is %d, %q of %v", i, l.Number, l.Subject, l.Time)
		}
	}
}

// What the mailbox keeps is what a server would get.
func TestMailboxAndServerGetTheSame(t *testing.T) {
	t.Parallel()
	box, s := mailbox(t), mailtest.Start(t, mailtest.Options{})
	m := welcome()
	m.HTML, m.Cc, m.Subject = "<p>Привет</p>", []mail.Address{{Name: "Боб", Address: "bob@example.com"}}, "Привет"
	send(t, box, m)
	send(t, open(t, s), m)
	letter := box.Letters()[0]
	kept, err := mailtest.Parse(letter.Raw)
	if err != nil {
		t.Fatal(err)
	}
	ignore := cmpopts.IgnoreFields(mailtest.Message{}, "Raw", "Header", "Sender", "Recipients")
	if diff := cmp.Diff(s.Messages()[0], kept, ignore); diff != "" {
		t.Errorf("the mailbox differs (-server +mailbox):\n%s", diff)
	}
	if letter.From.Address != "shop@example.com" || letter.ID == "" {
		t.Errorf("the letter is from %v with the ID %q", letter.From, letter.ID)
	}
}

func get(t *testing.T, server *httptest.Server, path string) (status int, header http.Header, body string) {
	t.Helper()
	r, err := server.Client().Get(server.URL + path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r.StatusCode, r.Header, string(b)
}

func serve(t *testing.T, box *mail.Mailbox) *httptest.Server {
	t.Helper()
	mux := http.NewServeMux()
	pages := box.Handler("/dev/mail")
	mux.Handle("/dev/mail", pages)
	mux.Handle("/dev/mail/", pages)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server
}

func TestMailboxPages(t *testing.T) {
	t.Parallel()
	box := mailbox(t)
	server := serve(t, box)
	if status, _, body := get(t, server, "/dev/mail"); status != 200 || !strings.Contains(body, "No mail yet") {
		t.Errorf("the empty mailbox: %d\n%s", status, body)
	}

	m := welcome()
	m.Subject = `<script>alert("subject")</script>`
	m.To[0].Name = `<img src=x onerror=alert(1)>`
	m.Text = "<b>Hello</b> see https://example.com/a?b=1&c=\"2\" (http://example.com/d).\njavascript:alert(1)\n"
	m.HTML = `<!doctype html><html><head><title>x</title></head><body><p>The HTML</p></body></html>`
	send(t, box, m)
	send(t, box, welcome())

	for path, want := range map[string][]string{
		"/dev/mail":          {"&lt;script&gt;alert", "Anna &lt;anna@example.com&gt;", `href="/dev/mail/1"`, "No message is open"},
		"/dev/mail/":         {`href="/dev/mail/2"`},
		"/dev/mail/1":        {`<iframe src="/dev/mail/1/frame" sandbox="allow-popups allow-popups-to-escape-sandbox"`, "&lt;img src=x onerror=alert(1)&gt; &lt;anna@example.com&gt;"},
		"/dev/mail/1/text":   {"&lt;b&gt;Hello", `<a href="https://example.com/a?b=1&amp;c=" target="_blank" rel="noopener noreferrer">`, `<a href="http://example.com/d" `, "\njavascript:alert(1)"},
		"/dev/mail/1/source": {"Message-ID: &lt;", "Content-Type: multipart/alternative"},
		"/dev/mail/1/frame":  {`<!doctype html><meta charset="utf-8"><base target="_blank"><!doctype html><html>`, "<p>The HTML</p>"},
		"/dev/mail/2":        {"Hello Anna", `<dt>To</dt><dd>Anna &lt;anna@example.com&gt;</dd>`},
	} {
		status, header, body := get(t, server, path)
		if status != 200 || header.Get("Content-Type") != "text/html; charset=utf-8" {
			t.Errorf("%s: %d %s", path, status, header.Get("Content-Type"))
		}
		for _, part := range want {
			if !strings.Contains(body, part) {
				t.Errorf("%s lacks %s:\n%s", path, part, body)
			}
		}
		for _, part := range []string{"<script", "<img", "<b>", `href="javascript`} {
			if strings.Contains(body, part) {
				t.Errorf("%s holds %s", path, part)
			}
		}
	}
	for path, want := range map[string]string{
		"/dev/mail/3": "This message is not here", "/dev/mail/0": "This message is not here", "/dev/mail/x": "This message is not here",
		"/dev/mail/99999999999999999999/source": "This message is not here", "/dev/mail/3/frame": "404", "/dev/mail/2/frame": "404",
		"/dev/mail/1/else": "404",
	} {
		if status, _, body := get(t, server, path); status != 404 || !strings.Contains(body, want) {
			t.Errorf("%s: %d\n%s", path, status, body)
		}
	}
}

func TestMailboxLetsNothingRun(t *testing.T) {
	t.Parallel()
	box := mailbox(t)
	m := welcome()
	m.HTML = "<p>x"
	send(t, box, m)
	server := serve(t, box)
	for path, want := range map[string][]string{
		"/dev/mail":             {"default-src 'none'", "frame-ancestors 'none'", "form-action 'none'", "base-uri 'none'"},
		"/dev/mail/1":           {"default-src 'none'", "frame-ancestors 'none'", "frame-src 'self'"},
		"/dev/mail/7":           {"default-src 'none'"},
		"/dev/mail/1/frame":     {"default-src 'none'", "sandbox allow-popups allow-popups-to-escape-sandbox", "img-src data:;", "form-action 'none'"},
		"/dev/mail/mailbox.css": {"default-src 'none'"},
	} {
		_, header, _ := get(t, server, path)
		policy := header.Get("Content-Security-Policy")
		for _, part := range want {
			if !strings.Contains(policy, part) {
				t.Errorf("%s: the policy lacks %s: %s", path, part, policy)
			}
		}
		if strings.Contains(policy, "script") || header.Get("X-Content-Type-Options") != "nosniff" || header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: the headers are %v", path, header)
		}
	}
}
