package errs

// Kind says what sort of error happened, in terms that a caller can act on.
// The zero value is Internal: an error that nobody classified is ours, not
// the client's.
type Kind uint8

// The kinds, each with the HTTP status that it becomes.
const (
	Internal         Kind = iota // a fault of the server, 500
	Malformed                    // the request cannot be read, 400
	Unauthenticated              // nobody, or not who they claim to be, is calling, 401
	Forbidden                    // the caller may not do this, 403
	NotFound                     // there is no such thing, 404
	MethodNotAllowed             // there is such a thing, but it cannot do that, 405
	NotAcceptable                // no representation that the client accepts, 406
	Conflict                     // the state of things forbids it now, 409
	TooLarge                     // the request is over a limit, 413
	UnsupportedMedia             // the body is of a type that is not read here, 415
	Invalid                      // the request was read and breaks a rule, 422
	TooMany                      // the client asks too often, 429
	Unavailable                  // try again later, 503
	Timeout                      // it took too long, 504
)

// kinds is the one table that says what a kind is called and which HTTP status
// it becomes (RFC 9110, section 15; 422 and 429 from RFC 9110 and RFC 6585).
var kinds = [...]struct {
	name   string
	status int
	title  string
}{
	Internal:         {"internal", 500, "Internal Server Error"},
	Malformed:        {"malformed", 400, "Bad Request"},
	Unauthenticated:  {"unauthenticated", 401, "Unauthorized"},
	Forbidden:        {"forbidden", 403, "Forbidden"},
	NotFound:         {"not_found", 404, "Not Found"},
	MethodNotAllowed: {"method_not_allowed", 405, "Method Not Allowed"},
	NotAcceptable:    {"not_acceptable", 406, "Not Acceptable"},
	Conflict:         {"conflict", 409, "Conflict"},
	TooLarge:         {"too_large", 413, "Content Too Large"},
	UnsupportedMedia: {"unsupported_media", 415, "Unsupported Media Type"},
	Invalid:          {"invalid", 422, "Unprocessable Content"},
	TooMany:          {"too_many", 429, "Too Many Requests"},
	Unavailable:      {"unavailable", 503, "Service Unavailable"},
	Timeout:          {"timeout", 504, "Gateway Timeout"},
}

// String returns the kind's name, such as "not_found".
func (k Kind) String() string { return kinds[k.known()].name }

// Status returns the HTTP status that the kind becomes.
func (k Kind) Status() int { return kinds[k.known()].status }

// Title returns the standard text of the kind's HTTP status.
func (k Kind) Title() string { return kinds[k.known()].title }

// known turns a number that is no kind into Internal.
func (k Kind) known() Kind {
	if int(k) >= len(kinds) {
		return Internal
	}
	return k
}

// KindOf returns the kind that an HTTP status belongs to: the kind of exactly
// that status, else Malformed for another 4xx and Internal for the rest.
func KindOf(status int) Kind {
	for k := range kinds {
		if kinds[k].status == status {
			return Kind(k)
		}
	}
	if status >= 400 && status < 500 {
		return Malformed
	}
	return Internal
}
