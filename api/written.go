package api

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/terem-go/terem/db"
)

// writtenHeader is the header of responses after a write, on databases with
// replicas, for clients that keep no cookies: they send it back with what they
// ask for in the next seconds. writtenCookie is the same for browsers.
const (
	writtenHeader = "Terem-Written"
	writtenCookie = "terem_written"
)

// written makes and reads what a client sends back of its last write: the time,
// the position, and a signature of both.
type written struct {
	key    []byte
	secure bool
}

// minKey is how many bytes the key has at least.
const minKey = 32

// encode returns the value for a write: microseconds since 1970, the position,
// and the signature.
func (w *written) encode(at time.Time, p db.Position) string {
	facts := strconv.FormatInt(at.UnixMicro(), 36) + "." + strconv.FormatUint(uint64(p), 36)
	return signed(w.key, "", facts)
}

// decode reads a value. One that is not the application's own tells nothing.
func (w *written) decode(value string) (at time.Time, p db.Position, ok bool) {
	facts, ok := verified(w.key, "", value)
	if !ok {
		return at, 0, false
	}
	first, second, _ := strings.Cut(facts, ".")
	micros, err := strconv.ParseInt(first, 36, 64)
	place, err2 := strconv.ParseUint(second, 36, 64)
	return time.UnixMicro(micros), db.Position(place), err == nil && err2 == nil
}

// client returns whose request it is, as far as its last write goes.
func (w *written) client(r *http.Request) *db.Client {
	at, p, ok := w.decode(r.Header.Get(writtenHeader))
	if c, err := r.Cookie(w.cookie()); err == nil && !ok {
		at, p, _ = w.decode(c.Value)
	}
	return db.NewClient(at, p)
}

// cookie returns the cookie's name, which no other host can set where it is
// secure.
func (w *written) cookie() string {
	if w.secure {
		return "__Host-" + writtenCookie
	}
	return writtenCookie
}

// tell tells the client what it has written, if it has.
func (w *written) tell(h http.Header, c *db.Client) {
	at, p, ok := c.Wrote()
	if !ok {
		return
	}
	value := w.encode(at, p)
	h.Set(writtenHeader, value)
	h.Add("Set-Cookie", (&http.Cookie{Name: w.cookie(), Value: value, Path: "/", MaxAge: int(db.Fresh.Seconds()),
		HttpOnly: true, Secure: w.secure, SameSite: http.SameSiteLaxMode}).String())
}

// placed returns which of the options of its unit hold for what the route's policy
// and dependencies read.
func (rt *route) placed() []db.Option {
	var o db.Options
	for _, opt := range rt.unit {
		opt(&o)
	}
	switch {
	case o.Primary:
		return []db.Option{db.Primary}
	case o.Replica && rt.scope == readerScope:
		return []db.Option{db.Replica}
	}
	return nil
}
