package mailtest_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/terem-go/terem/mail/mailtest"
)

func lines(text string) []byte { return []byte(strings.ReplaceAll(text, "\n", "\r\n")) }

func TestParse(t *testing.T) {
	t.Parallel()
	got, err := mailtest.Parse(lines(`From: =?utf-8?q?=D0=90=D0=BD=D0=BD=D0=B0?= <anna@example.com>
To: bob@example.com, "Carl, Jr." <carl@example.com>
Reply-To: help@example.com
Subject: =?utf-8?b?0J/RgNC40LLQtdGC?=
 =?utf-8?q?,_Bob?=
List-Id: shop
Content-Type: multipart/mixed; boundary=outer

--outer
Content-Type: multipart/alternative; boundary=inner

--inner
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

=D0=9F=D1=80=D0=B8=D0=B2=D0=B5=D1=82 =
and =3D
--inner
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: base64

PHA+0J/RgNC40LLQ
tdGCPC9wPg==
--inner--
--outer
Content-Type: text/plain
Content-Disposition: attachment

a second text
--outer
Content-Type: image/png

not read
--outer--
`))
	if err != nil {
		t.Fatal(err)
	}
	type address = struct{ Name, Address string }
	var to []address
	for _, a := range got.To {
		to = append(to, address(*a))
	}
	if diff := cmp.Diff([]address{{"", "bob@example.com"}, {"Carl, Jr.", "carl@example.com"}}, to); diff != "" {
		t.Errorf("To (-want +got):\n%s", diff)
	}
	if got.From[0].Name != "Анна" || got.ReplyTo[0].Address != "help@example.com" || got.Cc != nil || got.Header.Get("List-Id") != "shop" {
		t.Errorf("the headers are %v", got)
	}
	want := mailtest.Message{Subject: "Привет, Bob", Text: "Привет and =", HTML: "<p>Привет</p>"}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(mailtest.Message{}, "Raw", "Header", "From", "To", "ReplyTo")); diff != "" {
		t.Errorf("the message (-want +got):\n%s", diff)
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for name, raw := range map[string][]byte{
		"bare LF":                []byte("Subject: x\n\ntext\n"),
		"no end of the line":     lines("Subject: x\n\ntext"),
		"a long line":            lines("Subject: x\n\n" + strings.Repeat("x", 999) + "\n"),
		"no header":              lines("text\n"),
		"a broken subject":       lines("Subject: =?utf-9?q?x?=\n\ntext\n"),
		"a broken address":       lines("To: anna@\n\ntext\n"),
		"a broken type":          lines("Content-Type: text/\n\ntext\n"),
		"parts without end":      lines("Content-Type: multipart/mixed; boundary=b\n\n--b\n\ntext\n"),
		"parts without any":      lines("Content-Type: multipart/mixed\n\ntext\n"),
		"a broken part":          lines("Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: x/\n\ntext\n--b--\n"),
		"broken base64":          lines("Content-Transfer-Encoding: base64\n\n!\n"),
		"text that is not UTF-8": lines("Subject: x\n\n\xff\n"),
	} {
		if m, err := mailtest.Parse(raw); err == nil {
			t.Errorf("%s: no error for %+v", name, m)
		}
	}
}
