package mail

import (
	"crypto/rand"
	"fmt"
	"net/mail"
	"net/textproto"
	"slices"
	"strings"
	"unicode"
)

// Address is a name, which may be empty, and the address itself, such as {"Anna", "anna@example.com"}.
type Address = mail.Address

// Message is what is sent. It needs a recipient, a subject, and a text or HTML or both, of which the reader's
// program shows one.
//
// Nothing in it can add a header or a recipient: subject, names and the values of Header are put on one line,
// whatever they hold, and an address that is not one is refused.
type Message struct {
	// ID stands before the @ in the Message-ID: up to 100 letters, digits, dots, hyphens and underscores. Attempts
	// at the same message should have the same one, such as their job's, so that whoever gets two can tell. It is
	// random by default.
	ID      string
	From    Address   // by default, that of the Sender
	To      []Address // 100 recipients at most, with Cc and Bcc
	Cc      []Address
	Bcc     []Address // get it without being named in it
	ReplyTo []Address // where answers go, by default to From
	Subject string    // up to 900 bytes
	Text    string    // up to 1 MiB, with HTML
	HTML    string
	// Attachments are up to 20 files, with 10 MiB together.
	Attachments []Attachment
	// Header holds further headers by name, such as List-Unsubscribe. Those that the other fields make, and those
	// that are for servers to write, are refused.
	Header map[string]string
}

// The bounds of a message. Those of a line and of recipients are what every server must take (RFC 5321, section
// 4.5.3.1), with room for a header's name.
const (
	maxRecipients = 100
	maxLine       = 900
	maxAddress    = 254
	maxBody       = 1 << 20
	maxID         = 100
	maxHeaders    = 20
)

// punycode is the way out for most addresses outside ASCII.
const punycode = "a domain can be written in Punycode, beginning with xn--"

// reserved are the headers that an application does not write itself, beside all that begin with Content-.
var reserved = []string{"Bcc", "Cc", "Date", "Dkim-Signature", "From", "Message-Id", "Mime-Version", "Received",
	"Reply-To", "Return-Path", "Sender", "Subject", "To"}

// complete returns a copy of the message with what it does not say filled in, or an error that says what is wrong
// with it.
func (m Message) complete(from Address) (Message, error) {
	if m.From == (Address{}) {
		m.From = from
	}
	m.Subject = phrase(m.Subject)
	recipients := len(m.To) + len(m.Cc) + len(m.Bcc)
	switch {
	case recipients == 0:
		return m, invalid("it has no recipient")
	case recipients > maxRecipients:
		return m, invalid("it has %d recipients, and %d are allowed", recipients, maxRecipients)
	case m.Subject == "":
		return m, invalid("it has no subject")
	case len(m.Subject) > maxLine:
		return m, invalid("its subject has %d bytes, and %d are allowed", len(m.Subject), maxLine)
	case m.Text == "" && m.HTML == "":
		return m, invalid("it has neither text nor HTML")
	case len(m.Text)+len(m.HTML) > maxBody:
		return m, invalid("its text and HTML have %d bytes, and %d are allowed", len(m.Text)+len(m.HTML), maxBody)
	}
	if err := m.addresses(); err != nil {
		return m, err
	}
	if m.ID == "" {
		m.ID = rand.Text()
	}
	if len(m.ID) > maxID || strings.ContainsFunc(m.ID, notID) || strings.Trim(m.ID, ".") != m.ID || strings.Contains(m.ID, "..") {
		return m, invalid("its ID %.110q is not made of up to %d letters, digits, dots, hyphens and underscores", m.ID, maxID)
	}
	if err := m.attach(); err != nil {
		return m, err
	}
	m.Text, m.HTML = strings.ToValidUTF8(m.Text, "\uFFFD"), strings.ToValidUTF8(m.HTML, "\uFFFD")
	return m, m.headers()
}

// notID reports whether r cannot stand in an ID.
func notID(r rune) bool {
	return r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune(".-_", r)
}

// addresses checks the addresses and puts copies of them, with their names on one line, in their places.
func (m *Message) addresses() error {
	from := []Address{m.From}
	for _, f := range []struct {
		name string
		list *[]Address
	}{{"From", &from}, {"To", &m.To}, {"Cc", &m.Cc}, {"Bcc", &m.Bcc}, {"Reply-To", &m.ReplyTo}} {
		*f.list = slices.Clone(*f.list)
		for i := range *f.list {
			a := &(*f.list)[i]
			a.Name = phrase(a.Name)
			if parsed, err := mail.ParseAddress(a.Address); err != nil || parsed.Address != a.Address || len(a.Address) > maxAddress {
				return invalid("%s: %.260q is not an address such as anna@example.com", f.name, a.Address)
			}
			if len(a.Name) > maxLine {
				return invalid("%s: a name has %d bytes, and %d are allowed", f.name, len(a.Name), maxLine)
			}
		}
	}
	m.From = from[0]
	if !ascii(m.From.Address) {
		return invalid("From: %q is not in ASCII; %s", m.From.Address, punycode)
	}
	return nil
}

// headers checks the further headers and puts a copy of them, with their values on one line, in their place.
func (m *Message) headers() error {
	if len(m.Header) > maxHeaders {
		return invalid("it has %d further headers, and %d are allowed", len(m.Header), maxHeaders)
	}
	clean := make(map[string]string, len(m.Header))
	for name, value := range m.Header {
		key, value := textproto.CanonicalMIMEHeaderKey(name), oneLine(value)
		switch {
		case name == "" || len(name) > 70 || strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r > '~' || r == ':' }):
			return invalid("%.80q is not a name of a header", name)
		case slices.Contains(reserved, key) || strings.HasPrefix(key, "Content-"):
			return invalid("the header %s is not set by Header", key)
		case value == "" || len(value) > maxLine:
			return invalid("the header %s has %d bytes, and 1 to %d are allowed", key, len(value), maxLine)
		}
		clean[key] = value
	}
	m.Header = clean
	return nil
}

// oneLine puts a text on one line: control characters and what breaks lines become spaces, and of several spaces
// one is left, because long headers are broken at spaces and a line of nothing else would end the header.
func oneLine(text string) string {
	words := strings.FieldsFunc(strings.ToValidUTF8(text, "\uFFFD"), func(r rune) bool {
		return r == ' ' || unicode.IsControl(r) || r == '\u2028' || r == '\u2029'
	})
	return strings.Join(words, " ")
}

// phrase puts a subject or a name on one line, and keeps apart the characters that begin an encoded word: the
// reader's program would show what it encodes.
func phrase(text string) string { return strings.ReplaceAll(oneLine(text), "=?", "= ?") }

func ascii(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r > unicode.MaxASCII })
}

func invalid(format string, args ...any) error {
	return &failure{text: "mail: the message cannot be sent: " + fmt.Sprintf(format, args...), permanent: true}
}
