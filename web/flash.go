package web

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
)

// The kinds of messages.
const (
	notice = "notice"
	alert  = "alert"
)

// message is something to show once.
type message struct {
	Kind string `json:"k"`
	Text string `json:"t"`
}

// Role returns the ARIA role of the element that shows the message.
func (m message) Role() string {
	if m.Kind == alert {
		return "alert"
	}
	return "status"
}

// flash carries messages from one response to the next page in a signed cookie, so that nobody else can put words
// into the page.
type flash struct {
	key    []byte
	cookie Cookie
}

// sent reports whether the browser sent messages, right or wrong.
func (f flash) sent(r *http.Request) bool { return f.cookie.Read(r) != "" }

// read returns the messages that the browser sent. What this application did not sign is none.
func (f flash) read(r *http.Request) []message {
	payload, mac, _ := strings.Cut(f.cookie.Read(r), ".")
	if len(f.key) == 0 || !hmac.Equal([]byte(mac), []byte(f.sign(payload))) {
		return nil
	}
	var messages []message
	b, err := base64.RawURLEncoding.DecodeString(payload)
	if err != nil || json.Unmarshal(b, &messages) != nil {
		return nil
	}
	return messages
}

// write returns the cookie that carries the messages. The oldest give way where a browser would not keep them all.
func (f flash) write(messages []message) (*http.Cookie, error) {
	if len(f.key) == 0 {
		return nil, errors.New("web: a redirect cannot carry messages: ViewsConfig has no Key")
	}
	for {
		b, _ := json.Marshal(messages) // strings can always be encoded
		payload := base64.RawURLEncoding.EncodeToString(b)
		c := f.cookie.Set(payload + "." + f.sign(payload))
		if len(messages) == 1 || checkCookie(c) == nil {
			return c, nil
		}
		messages = messages[1:]
	}
}

func (f flash) sign(payload string) string {
	h := hmac.New(sha256.New, f.key)
	h.Write([]byte("terem/web flash\n" + payload))
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil))
}
