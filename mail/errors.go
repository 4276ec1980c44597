package mail

import (
	"context"
	"encoding/base64"
	"errors"
	"net/textproto"
	"slices"
	"strconv"
	"strings"
)

// failure is why a message was not sent. Its text is all that it says: the words of a server are in it only
// after they were cleaned, so they are not wrapped.
type failure struct {
	text      string
	permanent bool
	uncertain bool
	ended     error // the error of the context, if that ended the attempt
}

// Error implements error.
func (f *failure) Error() string { return f.text }

// Unwrap returns the error of the context, or nil.
func (f *failure) Unwrap() error { return f.ended }

// Permanent reports whether err says that this message will never be taken: it is not a message that can be sent,
// or the server refused the sender, a recipient or the content for good (5xx). Another attempt is pointless then.
//
// All other failures may pass: a server that is down, slow or busy (4xx), and also one that refuses the
// application as a whole, because of a wrong password or an expired certificate, which somebody will mend.
func Permanent(err error) bool {
	var f *failure
	return errors.As(err, &f) && f.permanent
}

// Uncertain reports whether err leaves open if the message was sent: the connection was lost when all of it was on its
// way, and before the server said whether it took it. Another attempt may send a second copy, with the same Message-ID; none
// may mean that it is never sent. After every other error it was not sent.
func Uncertain(err error) bool {
	var f *failure
	return errors.As(err, &f) && f.uncertain
}

// unanswered is the error of a connection that was lost after all of a message was handed over.
type unanswered struct{ error }

// refused reports whether err, of [Client.hand], means that the server will never take the message. A reply about
// logging in or encryption (RFC 4954, section 6) is about the application instead.
func refused(err error) bool {
	var reply *textproto.Error
	if errors.As(err, &reply) {
		return reply.Code >= 500 && !slices.Contains([]int{530, 534, 535, 538}, reply.Code)
	}
	return errors.Is(err, errSMTPUTF8) || errors.Is(err, errTooLarge)
}

// replied reports whether err is a reply of the server, so that the conversation can go on.
func replied(err error) bool {
	var reply *textproto.Error
	return errors.As(err, &reply)
}

// brief puts words of a server on one line of at most 300 characters.
func brief(text string) string {
	text = oneLine(text)
	if runes := []rune(text); len(runes) > 300 {
		return strings.TrimSpace(string(runes[:300])) + "…"
	}
	return text
}

// failed makes an error of Send.
func (c *Client) failed(ctx context.Context, err error, permanent bool) error {
	var open *unanswered
	f := &failure{permanent: permanent, uncertain: errors.As(err, &open)}
	if !replied(err) && ctx.Err() != nil { // which closed the connection
		err, f.ended = ctx.Err(), ctx.Err()
	}
	f.text = "mail: " + c.server.address() + " did not take the message: " + brief(c.hide(err.Error()))
	return f
}

// hide takes the password out of a text, in case the server repeats it: as it is, quoted, or as AUTH sends it.
func (c *Client) hide(text string) string {
	s := c.server
	if s.password == "" {
		return text
	}
	encode, quoted := base64.StdEncoding.EncodeToString, strconv.Quote(s.password)
	return strings.NewReplacer(
		encode([]byte("\x00"+s.user+"\x00"+s.password)), "***",
		encode([]byte(s.password)), "***",
		quoted[1:len(quoted)-1], "***",
		s.password, "***",
	).Replace(text)
}
