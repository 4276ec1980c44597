package api

import "github.com/terem-go/terem/db"

// None is the second parameter of a handler that needs no database.
type None struct{}

// readScope is what a handler of GET may take.
type readScope interface {
	*db.Reader | *db.DB | None
}

// scope is what a handler of another method may take.
type scope interface {
	*db.Session | *db.Reader | *db.DB | None
}

// scopeKind says which scope a route has.
type scopeKind uint8

const (
	noScope scopeKind = iota
	sessionScope
	readerScope
	dbScope
)

// String returns the scope as it stands in the handler's signature.
func (k scopeKind) String() string {
	return [...]string{"api.None", "*db.Session", "*db.Reader", "*db.DB"}[k]
}

// kindOf returns the kind of a scope type.
func kindOf[S scope]() scopeKind {
	var s S
	switch any(s).(type) {
	case *db.Session:
		return sessionScope
	case *db.Reader:
		return readerScope
	case *db.DB:
		return dbScope
	}
	return noScope
}

// scopeOf returns the handler's second parameter for one call.
func scopeOf[S scope](c *call) S {
	var s S
	switch p := any(&s).(type) {
	case **db.Session:
		*p = c.session
	case **db.Reader:
		*p = c.reader
	case **db.DB:
		*p = c.route.api.config.DB
	}
	return s
}
