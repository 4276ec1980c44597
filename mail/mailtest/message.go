package mailtest

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"strings"
	"unicode/utf8"
)

// Message is a message in parts that a test can compare.
type Message struct {
	Sender     string   // whom the server was told that it is from; a message of Parse has none
	Recipients []string // whom the server was told that it is for
	Raw        []byte   // all of it, with lines that end in CRLF

	Header     mail.Header
	From       []*mail.Address
	To, Cc     []*mail.Address
	ReplyTo    []*mail.Address
	Subject    string // decoded
	Text, HTML string // decoded, the first part of each type, with lines that end in LF
	// Attachments are the parts with a file name.
	Attachments []Attachment
}

// Attachment is a file that goes with a message.
type Attachment struct {
	Name, Type string
	Data       []byte
}

// Parse reads a message as SMTP carries it: with CRLF at the end of each line, none of them over 998 bytes, and
// text in UTF-8. It returns an error for anything else.
func Parse(raw []byte) (Message, error) {
	m := Message{Raw: raw}
	for line := range bytes.Lines(raw) {
		if content, whole := bytes.CutSuffix(line, []byte("\r\n")); !whole || len(content) > 998 {
			return m, fmt.Errorf("the line %.40q… does not end in CRLF or is over 998 bytes", line)
		}
	}
	parsed, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return m, err
	}
	m.Header = parsed.Header
	if m.Subject, err = new(mime.WordDecoder).DecodeHeader(parsed.Header.Get("Subject")); err != nil {
		return m, fmt.Errorf("subject: %w", err)
	}
	for name, field := range map[string]*[]*mail.Address{"From": &m.From, "To": &m.To, "Cc": &m.Cc, "Reply-To": &m.ReplyTo} {
		*field, err = parsed.Header.AddressList(name)
		if err != nil && !errors.Is(err, mail.ErrHeaderNotPresent) {
			return m, fmt.Errorf("%s: %w", name, err)
		}
	}
	return m, m.read(parsed.Header.Get, parsed.Body)
}

// read reads the body of the message or of a part of it, whose header get returns.
func (m *Message) read(get func(name string) string, body io.Reader) error {
	kind, parameters, err := mime.ParseMediaType(cmp.Or(get("Content-Type"), "text/plain"))
	if err != nil {
		return fmt.Errorf("content type %q: %w", get("Content-Type"), err)
	}
	if strings.HasPrefix(kind, "multipart/") {
		parts := multipart.NewReader(body, parameters["boundary"])
		for {
			part, err := parts.NextRawPart()
			if err == io.EOF {
				return nil
			}
			if err == nil {
				err = m.read(part.Header.Get, part)
			}
			if err != nil {
				return err
			}
		}
	}
	var field *string
	_, disposition, _ := mime.ParseMediaType(get("Content-Disposition"))
	name := disposition["filename"]
	switch {
	case name != "":
	case kind == "text/plain" && m.Text == "":
		field = &m.Text
	case kind == "text/html" && m.HTML == "":
		field = &m.HTML
	default:
		return nil
	}
	content, err := io.ReadAll(decoder(get("Content-Transfer-Encoding"), body))
	if err != nil {
		return fmt.Errorf("%s: %w", kind, err)
	}
	if name != "" {
		m.Attachments = append(m.Attachments, Attachment{Name: name, Type: kind, Data: content})
		return nil
	}
	if !utf8.Valid(content) {
		return fmt.Errorf("%s: not UTF-8", kind)
	}
	*field = strings.ReplaceAll(string(content), "\r\n", "\n")
	return nil
}

func decoder(encoding string, body io.Reader) io.Reader {
	switch strings.ToLower(encoding) {
	case "quoted-printable":
		return quotedprintable.NewReader(body)
	case "base64":
		return base64.NewDecoder(base64.StdEncoding, body)
	}
	return body
}
