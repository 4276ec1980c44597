// Package mail sends messages of text and HTML by SMTP, and shows them on a page in development.
//
// An application sends through a [Sender], which its configuration chooses:
//
//	mail.Open("smtps://user:password@mail.example.com", mail.Config{From: "Shop <shop@example.com>"})
//	mail.NewMailbox("Shop <shop@example.com>") // in development: keeps messages and shows them
//	mail.Off{}                                 // sends nothing
//
// What it sends is a [Message], written by hand or made from [Templates]. Send returns when the server has taken
// the message, so it belongs in a background job, and never between two statements of a session. [Permanent] says
// whether another attempt makes sense, and [Uncertain] whether the message may have been sent all the same.
//
// Package mailtest has an SMTP server for tests.
package mail

import "context"

// Sender sends messages. It may be used by several goroutines at once.
type Sender interface {
	// Send sends a message to all of its recipients or to none, and returns when the message is out of the
	// application's hands. Errors never hold a password or the content of a message; [Permanent] tells whether
	// it makes sense to try again.
	Send(ctx context.Context, m Message) error
}

var (
	_ Sender = (*Client)(nil)
	_ Sender = (*Mailbox)(nil)
	_ Sender = Off{}
)

// Off is a Sender that sends nothing.
type Off struct{}

// Send returns nil, whatever the message.
func (Off) Send(context.Context, Message) error { return nil }
