package api

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/errs"
)

// Idempotent lets clients repeat a request to the route without doing it twice:
// those who send the header Idempotency-Key get, for 24 hours, the response that
// was committed first. It is stored in the handler's own session, so that it is
// there exactly when what the handler wrote is. That also settles a COMMIT whose
// outcome is not known: who repeats the request with its key learns it.
//
// The same key with another request is 422. One whose first request is still
// running is 409 on PostgreSQL, and waits on SQLite. Errors are not stored: the
// next request with the key is a first one. A cookie that a response sets is not
// stored either.
//
// Keys are each caller's own. A route that is not for everybody needs a policy
// whose dependency is a Caller; where a policy is Public all callers share the
// keys, which then must be hard to guess. The handler takes a *db.Session;
// others are refused by Check. The table is made by Migrations.
func Idempotent(rt *route) {
	rt.idempotent = true
	rt.fails = append(rt.fails, errKeyReused, errKeyInvalid, errKeyBusy)
	rt.op.Parameters = append(rt.op.Parameters, &huma.Param{Name: keyHeader, In: "header",
		Description: "Chosen by the client, such as a UUID. A repeated request with the same key gets the first response.",
		Schema:      &huma.Schema{Type: "string"}, Example: "5e0c2f4a-6f0e-4b57-9a59-3d7f4d0e6a11"})
}

// Caller is a dependency that says who calls, for routes with Idempotent.
type Caller interface {
	// CallerID tells one caller from all others, such as a user's number. It
	// must not change.
	CallerID() string
}

//go:embed migrations
var migrationFiles embed.FS

// Migrations holds the folders sqlite and postgres with the files that make the
// table of Idempotent, for a source of package migrate. Package app adds it where
// a route needs it.
func Migrations() fs.FS {
	files, _ := fs.Sub(migrationFiles, "migrations") // never fails
	return files
}

// Idempotent reports whether a route is registered with the option Idempotent.
func (a *API) Idempotent() bool {
	for _, rt := range a.routes {
		if rt.idempotent {
			return true
		}
	}
	return false
}

const (
	keyHeader = "Idempotency-Key"
	maxKey    = 255
	kept      = 24 * time.Hour
	maxStored = 1 << 20 // of a body
)

var (
	errKeyInvalid = errs.New(errs.Invalid, "idempotency_key_invalid", "The Idempotency-Key is not one.").
			With(errs.Field{In: "header", Name: keyHeader, Message: fmt.Sprintf("expected 1 to %d visible characters of ASCII, once", maxKey)})
	errKeyReused = errs.New(errs.Invalid, "idempotency_key_reused", "This Idempotency-Key was used for another request.").
			With(errs.Field{In: "header", Name: keyHeader, Message: "expected a new one for each request"})
	errKeyBusy = errs.New(errs.Conflict, "idempotency_key_busy", "The first request with this Idempotency-Key is still running.").After(time.Second)
)

// claim is a request that wants to be done once.
type claim struct {
	route, caller, key string
	request            string // a hash of it
	sweeps             bool   // one in 64 removes what has expired
}

// claim returns what the request claims, or nil if it has no key.
func (c *call) claim() (*claim, error) {
	keys := c.request.Header.Values(keyHeader)
	if len(keys) == 0 {
		return nil, nil
	}
	if len(keys) > 1 || !visible(keys[0]) {
		return nil, errKeyInvalid.Here()
	}
	cl := &claim{route: c.route.pattern, key: keys[0]}
	for i, d := range c.route.deps {
		if d.policy {
			cl.caller = c.values[i].Interface().(Caller).CallerID()
		}
	}
	h := sha256.New()
	fmt.Fprintf(h, "%q %q %q\n", c.request.URL.Path, c.request.URL.RawQuery, c.request.Header.Get("Content-Type"))
	h.Write(c.payload)
	sum := h.Sum(nil)
	cl.request, cl.sweeps = base64.RawURLEncoding.EncodeToString(sum), sum[0] < 4
	return cl, nil
}

// visible reports whether a key is one.
func visible(key string) bool {
	for _, b := range []byte(key) {
		if b <= ' ' || b > '~' {
			return false
		}
	}
	return key != "" && len(key) <= maxKey
}

// once makes an attempt unless a response to the request is stored, and stores
// what the attempt makes.
func (c *call) once(ctx context.Context, s *db.Session) error {
	defer func() { c.values = nil }() // the next attempt asks again
	if err := c.resolve(ctx, s); err != nil {
		return err
	}
	cl, err := c.claim()
	if err != nil {
		return err
	}
	if cl == nil {
		return c.attempt(ctx, s)
	}
	if err := cl.lock(ctx, s); err != nil {
		return err
	}
	found, err := c.replay(ctx, s, cl)
	if err != nil || found {
		return err
	}
	if err := c.attempt(ctx, s); err != nil {
		return err
	}
	return c.store(ctx, s, cl)
}

// lock fails while another session has the same claim. SQLite has one session
// that writes at a time.
func (cl *claim) lock(ctx context.Context, s *db.Session) error {
	if s.Dialect() != db.Postgres {
		return nil
	}
	var locked bool
	err := s.QueryRow(ctx, "SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0))",
		fmt.Sprintf("terem_idempotency %q %q %q", cl.route, cl.caller, cl.key)).Scan(&locked)
	if err == nil && !locked {
		return errKeyBusy.Here()
	}
	return err
}

// replay takes over the response that is stored, and reports whether there is
// one.
func (c *call) replay(ctx context.Context, s *db.Session, cl *claim) (bool, error) {
	var request, header string
	var body []byte
	err := s.QueryRow(ctx, "SELECT request, status, header, body FROM terem_idempotency"+
		" WHERE route = $1 AND caller = $2 AND key = $3 AND expires_at > $4", cl.route, cl.caller, cl.key, time.Now().UTC()).
		Scan(&request, &c.status, &header, &body)
	switch {
	case errors.Is(err, db.ErrNoRows):
		return false, nil
	case err != nil:
		return false, err
	case request != cl.request:
		return false, errKeyReused.Here()
	}
	c.header = nil
	if err := json.Unmarshal([]byte(header), &c.header); err != nil {
		return false, fmt.Errorf("api: the stored response of %s: %w", cl.route, err)
	}
	if c.header == nil {
		c.header = http.Header{}
	}
	c.header.Set("Idempotency-Replayed", "true")
	c.body = body
	return true, nil
}

// store keeps the response of the attempt. A claim that another session has
// stored meanwhile, which only the isolation Serializable can see so late, is a
// conflict: the next attempt finds its response.
func (c *call) store(ctx context.Context, s *db.Session, cl *claim) error {
	if len(c.body) > maxStored {
		return fmt.Errorf("the output of %s is %d bytes; a response of a route with api.Idempotent has at most %d", c.route.handler, len(c.body), maxStored)
	}
	stored := maps.Clone(c.header)
	delete(stored, "Set-Cookie")
	header, err := json.Marshal(stored)
	if err != nil {
		return err
	}
	now := time.Now().UTC()
	n, err := s.Exec(ctx, "INSERT INTO terem_idempotency (route, caller, key, request, status, header, body, expires_at)"+
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (route, caller, key) DO UPDATE SET"+
		" request = excluded.request, status = excluded.status, header = excluded.header, body = excluded.body, expires_at = excluded.expires_at"+
		" WHERE terem_idempotency.expires_at <= $9",
		cl.route, cl.caller, cl.key, cl.request, c.status, string(header), append([]byte{}, c.body...), now.Add(kept), now)
	if err == nil && n == 0 {
		err = &db.Error{Class: db.Contended, Err: errors.New("api: a response to the same Idempotency-Key was stored meanwhile")}
		s.Note(err)
	}
	if err == nil && cl.sweeps {
		err = forget(ctx, s, now)
	}
	return err
}

// forget deletes some of the responses that have expired: more than are stored
// between two calls.
func forget(ctx context.Context, s *db.Session, now time.Time) error {
	lock := ""
	if s.Dialect() == db.Postgres {
		lock = " FOR UPDATE SKIP LOCKED"
	}
	_, err := s.Exec(ctx, "DELETE FROM terem_idempotency WHERE (route, caller, key) IN"+
		" (SELECT route, caller, key FROM terem_idempotency WHERE expires_at <= $1 LIMIT 500"+lock+")", now)
	return err
}
