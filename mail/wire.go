package mail

import (
	"bytes"
	"fmt"
	"net/mail"
	"slices"
	"strings"

	gomail "github.com/wneessen/go-mail"
)

// wire is a message as SMTP carries it.
type wire struct {
	from string   // in angle brackets, like the recipients
	to   []string // Cc and Bcc too
	raw  []byte

	replyTo []Address // stands in raw only
}

// encode turns a complete message into what goes over the wire.
func encode(m Message) (*wire, error) {
	g := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	for header, list := range map[gomail.AddrHeader][]Address{
		gomail.HeaderFrom: {m.From}, gomail.HeaderTo: m.To, gomail.HeaderCc: m.Cc, gomail.HeaderBcc: m.Bcc, gomail.HeaderReplyTo: m.ReplyTo,
	} {
		if len(list) > 0 { // of none, an empty header would be written
			g.SetAddrHeaderFromMailAddress(header, pointers(list)...)
		}
	}
	g.Subject(m.Subject)
	g.SetDate()
	g.SetMessageIDWithValue(m.ID + m.From.Address[strings.LastIndex(m.From.Address, "@"):])
	for name, value := range m.Header {
		g.SetGenHeader(gomail.Header(name), value)
	}
	if m.Text != "" {
		g.AddAlternativeString(gomail.TypeTextPlain, m.Text)
	}
	if m.HTML != "" {
		g.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
	}
	for _, a := range m.Attachments {
		a.attached(g)
	}

	from, err := g.GetSender(false)
	if err != nil {
		return nil, fmt.Errorf("mail: %w", err)
	}
	to, err := g.GetRecipients()
	if err != nil {
		return nil, fmt.Errorf("mail: %w", err)
	}
	var raw bytes.Buffer
	if _, err := g.WriteTo(&raw); err != nil {
		return nil, fmt.Errorf("mail: %w", err)
	}
	return &wire{from: from, to: to, raw: raw.Bytes(), replyTo: m.ReplyTo}, nil
}

func pointers(list []Address) []*mail.Address {
	p := make([]*mail.Address, len(list))
	for i := range list {
		p[i] = &list[i]
	}
	return p
}

// plain reports whether the addresses are in ASCII.
func (w *wire) plain() bool {
	return !slices.ContainsFunc(w.to, func(a string) bool { return !ascii(a) }) &&
		!slices.ContainsFunc(w.replyTo, func(a Address) bool { return !ascii(a.Address) })
}
