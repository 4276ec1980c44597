package mail

import (
	"bytes"
	"mime"
	"net/textproto"
	"path"
	"slices"
	"strings"

	gomail "github.com/wneessen/go-mail"
)

// Attachment is a file that goes with a message.
type Attachment struct {
	Name string // that a reader sees, up to 200 bytes, without a path
	// Type is its media type, such as "application/pdf". The default is what the name's extension says, else
	// "application/octet-stream".
	Type string
	Data []byte // not empty
}

// The bounds of attachments. Many servers take messages of 25 MB, and what is attached grows by a third on its way.
const (
	maxAttachments = 20
	maxAttached    = 10 << 20
	maxFileName    = 200
)

// attach checks the attachments and puts copies of them, with their types, in their places.
func (m *Message) attach() error {
	if len(m.Attachments) > maxAttachments {
		return invalid("it has %d attachments, and %d are allowed", len(m.Attachments), maxAttachments)
	}
	m.Attachments = slices.Clone(m.Attachments)
	sum := 0
	for i := range m.Attachments {
		a := &m.Attachments[i]
		sum += len(a.Data)
		if a.Type == "" {
			a.Type = mime.TypeByExtension(path.Ext(a.Name))
		}
		if a.Type == "" {
			a.Type = "application/octet-stream"
		}
		kind, parameters, err := mime.ParseMediaType(a.Type)
		switch {
		case a.Name == "" || len(a.Name) > maxFileName || oneLine(a.Name) != a.Name || strings.ContainsAny(a.Name, `/\`):
			return invalid("%.210q is not the name of an attachment: up to %d bytes on one line, without a path", a.Name, maxFileName)
		case err != nil || !strings.Contains(kind, "/") || strings.HasPrefix(kind, "multipart/") || strings.HasPrefix(kind, "message/") || len(a.Type) > maxFileName:
			return invalid("the attachment %q has the type %.210q: expected one such as application/pdf", a.Name, a.Type)
		case len(a.Data) == 0:
			return invalid("the attachment %q is empty", a.Name)
		}
		a.Type = mime.FormatMediaType(kind, parameters)
	}
	if sum > maxAttached {
		return invalid("its attachments have %d bytes, and %d are allowed: send a link to what is larger", sum, maxAttached)
	}
	return nil
}

// attached puts the attachment into a message. A name outside of ASCII is written as RFC 2231 wants it; go-mail
// would write it in a way that not every program reads.
func (a Attachment) attached(g *gomail.Msg) {
	g.AttachReadSeeker(a.Name, bytes.NewReader(a.Data), func(f *gomail.File) {
		f.Header = textproto.MIMEHeader{
			"Content-Type":        {a.Type},
			"Content-Disposition": {mime.FormatMediaType("attachment", map[string]string{"filename": a.Name})},
		}
	})
}
