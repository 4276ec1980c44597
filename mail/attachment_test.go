package mail_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/mail"
	"github.com/terem-go/terem/mail/mailtest"
)

// everyByte is a file that no text encoding leaves alone.
func everyByte() []byte {
	data := make([]byte, 0, 64<<8)
	for i := range cap(data) {
		data = append(data, byte(i))
	}
	return data
}

func TestAttachments(t *testing.T) {
	t.Parallel()
	s := mailtest.Start(t, mailtest.Options{})
	m := welcome()
	m.HTML = "<p>Hello</p>\n"
	m.Attachments = []mail.Attachment{
		{Name: "invoice 17.pdf", Data: everyByte()},
		{Name: "Счёт «17».csv", Type: "text/csv; charset=utf-8", Data: []byte("a,b\r\n1,2\n")},
		{Name: "without", Data: []byte("x")},
		{Name: strings.Repeat("ё", 98) + ".bin", Data: []byte{0}},
	}
	send(t, open(t, s), m)
	got := s.Messages()[0]
	want := []mailtest.Attachment{
		{Name: "invoice 17.pdf", Type: "application/pdf", Data: everyByte()},
		{Name: "Счёт «17».csv", Type: "text/csv", Data: []byte("a,b\r\n1,2\n")},
		{Name: "without", Type: "application/octet-stream", Data: []byte("x")},
		{Name: strings.Repeat("ё", 98) + ".bin", Type: "application/octet-stream", Data: []byte{0}},
	}
	if diff := cmp.Diff(want, got.Attachments); diff != "" {
		t.Errorf("the attachments (-want +got):\n%s", diff)
	}
	if got.Text != m.Text || got.HTML != m.HTML {
		t.Errorf("the text is %q, the HTML %q", got.Text, got.HTML)
	}
}

func TestAttachmentsThatAreRefused(t *testing.T) {
	t.Parallel()
	box := mailbox(t)
	x := []byte("x")
	for want, list := range map[string][]mail.Attachment{
		"21 attachments":     make([]mail.Attachment, 21),
		"10485761 bytes":     {{Name: "a", Data: make([]byte, 10<<20)}, {Name: "b", Data: x}},
		`"" is not the name`: {{Data: x}},
		`"../a" is not`:      {{Name: "../a", Data: x}},
		`"a\\b" is not`:      {{Name: `a\b`, Data: x}},
		`"a\r\nX: y" is not`: {{Name: "a\r\nX: y", Data: x}},
		"up to 200 bytes":    {{Name: strings.Repeat("x", 201), Data: x}},
		`the type "pdf"`:     {{Name: "a", Type: "pdf", Data: x}},
		`"a/b\r\nX: y"`:      {{Name: "a", Type: "a/b\r\nX: y", Data: x}},
		`"message/rfc822"`:   {{Name: "a", Type: "message/rfc822", Data: x}},
		`"a.pdf" is empty`:   {{Name: "a.pdf"}},
	} {
		m := welcome()
		m.Attachments = list
		if err := box.Send(t.Context(), m); err == nil || !strings.Contains(err.Error(), want) || !mail.Permanent(err) {
			t.Errorf("%s: Permanent is %t for %v", want, mail.Permanent(err), err)
		}
	}
}

func TestAttachmentsInTheMailbox(t *testing.T) {
	t.Parallel()
	box := mailbox(t)
	m := welcome()
	m.Attachments = []mail.Attachment{{Name: "<b>.html", Type: "text/html", Data: []byte("<script>alert(1)</script>")}}
	send(t, box, m)
	server := serve(t, box)
	get := func(path string) (*http.Response, string) {
		t.Helper()
		response, err := http.Get(server.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		return response, string(body)
	}
	if _, page := get("/dev/mail/1"); !strings.Contains(page, `<a href="/dev/mail/1/attachments/0">&lt;b&gt;.html</a> (25 bytes)`) {
		t.Errorf("the page does not show the attachment:\n%s", page)
	}
	response, body := get("/dev/mail/1/attachments/0")
	h := response.Header
	if body != "<script>alert(1)</script>" || h.Get("Content-Disposition") != `attachment; filename="<b>.html"` ||
		h.Get("Content-Type") != "application/octet-stream" || !strings.Contains(h.Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("the attachment comes as %v: %q", h, body)
	}
	for _, path := range []string{"/dev/mail/1/attachments/1", "/dev/mail/1/attachments/-1", "/dev/mail/2/attachments/0"} {
		if response, _ := get(path); response.StatusCode != 404 {
			t.Errorf("%s: %d, want 404", path, response.StatusCode)
		}
	}
}

func TestMailboxKeepsABoundedNumberOfBytes(t *testing.T) {
	t.Parallel()
	box := mailbox(t)
	m := welcome()
	m.Attachments = []mail.Attachment{{Name: "a", Data: bytes.Repeat([]byte("x"), 10<<20)}}
	for range 6 {
		send(t, box, m)
	}
	var numbers []int
	for _, l := range box.Letters() {
		numbers = append(numbers, l.Number)
	}
	if got := fmt.Sprint(numbers); got != "[3 4 5 6]" { // of about 14 MB each
		t.Errorf("it keeps the letters %s", got)
	}
}

func TestMessageAboveTheServersSize(t *testing.T) {
	t.Parallel()
	s := mailtest.Start(t, mailtest.Options{})
	for reply, refuse := range map[string]bool{"250-old\r\n250 SIZE 1000": true, "250-old\r\n250 SIZE 0": false, "250-old\r\n250 SIZE": false, "250-old\r\n250 SIZE 100000": false} {
		m := welcome()
		m.Text = strings.Repeat("a line of text\n", 100)
		s.Reply(mailtest.Hello, reply)
		err := open(t, s).Send(t.Context(), m)
		if (err != nil) != refuse || mail.Permanent(err) != refuse || err != nil && !strings.Contains(err.Error(), "too large") {
			t.Errorf("%q: Permanent is %t for %v", reply, mail.Permanent(err), err)
		}
	}
}

func TestUncertain(t *testing.T) {
	t.Parallel()
	for stage, want := range map[mailtest.Stage]bool{
		mailtest.Connect: false, mailtest.Hello: false, mailtest.Sender: false, mailtest.Recipient: false, mailtest.Data: false,
		mailtest.Content: true, mailtest.Taken: true,
	} {
		s := mailtest.Start(t, mailtest.Options{})
		s.Reply(stage, mailtest.Drop)
		if err := refused(t, open(t, s), welcome()); mail.Uncertain(err) != want || !want && len(s.Messages()) > 0 {
			t.Errorf("the connection is cut at %s: Uncertain is %t for %v, and %d messages came", stage, mail.Uncertain(err), err, len(s.Messages()))
		}
	}
	s := mailtest.Start(t, mailtest.Options{})
	s.Reply(mailtest.Content, "451 later", "554 never")
	for range 2 {
		if err := refused(t, open(t, s), welcome()); mail.Uncertain(err) {
			t.Errorf("Uncertain is true for %v", err)
		}
	}
}
