package api

import (
	"crypto/rand"
	"net/http"

	"github.com/terem-go/terem/errs"
)

// CursorRequest is embedded in the input of a route that lists things from one
// place to the next, as dao's After does:
//
//	rows, next, err := r.After(ctx, q, in.After(), in.Size, dao.OrderBy("-created_at"))
//	if err != nil {
//		return nil, err
//	}
//	return api.SliceOf(in.CursorRequest, rows, next, newOrderRead), nil
//
// What the client gets as a cursor is signed with Config.Key, for its path only:
// another one is refused. Without a Key cursors end with the process.
type CursorRequest struct {
	Cursor string `query:"cursor" maxLength:"4000" doc:"Where to go on: next of the part before."`
	Size   int    `query:"size" minimum:"1" maximum:"100" default:"20" doc:"How many items there are at most."`
	Seal   Seal
}

// After returns where to go on, "" at the beginning.
func (c CursorRequest) After() string { return c.Seal.place }

// Seal signs the cursors of a CursorRequest.
type Seal struct {
	key         []byte
	path, place string
}

// Slice is a part of a list.
type Slice[T any] struct {
	Items []T    `json:"items" doc:"The items, in order."`
	Next  string `json:"next,omitempty" doc:"The cursor of what follows; missing at the end."`
}

// SliceOf returns the part that was requested, of rows turned into items, and the
// cursor of the next one, where next is not "".
func SliceOf[R, T any](in CursorRequest, rows []R, next string, item func(*R) T) *Slice[T] {
	s := &Slice[T]{Items: make([]T, len(rows))}
	for i := range rows {
		s.Items[i] = item(&rows[i])
	}
	if next != "" {
		s.Next = signed(in.Seal.key, in.Seal.purpose(), next)
	}
	return s
}

var errCursor = errs.New(errs.Invalid, "cursor_invalid", "The cursor is not one of this list.").
	With(errs.Field{In: "query", Name: "cursor", Message: "expected next of the part before"})

// FromRequest implements FromRequest: it opens the cursor.
func (s *Seal) FromRequest(r *http.Request, _ []byte) error {
	*s = Seal{key: exchangeOf(r.Context()).api.cursorKey, path: r.URL.Path}
	text := r.URL.Query().Get("cursor")
	if text == "" {
		return nil
	}
	var ok bool
	if s.place, ok = verified(s.key, s.purpose(), text); !ok {
		return errCursor.Here()
	}
	return nil
}

func (s *Seal) purpose() string { return "cursor\x00" + s.path + "\x00" }

// cursorKey returns what cursors are signed with.
func cursorKey(key []byte) []byte {
	if len(key) > 0 {
		return key
	}
	return []byte(rand.Text())
}
