package auth

import (
	"errors"
	"net/http"
	"strings"
)

// maxToken bounds a token in bytes. Those that Issue makes have about 400.
const maxToken = 4096

var errMalformed = errors.New("not a token of at most 4096 characters after the scheme in one Authorization header")

// Bearer returns the token of the request's Authorization header, as of RFC
// 6750: Credentials of the scheme Bearer.
func Bearer(r *http.Request) (string, error) { return Credentials(r, "Bearer") }

// Credentials returns the token of the request's Authorization header: the
// scheme in any case, spaces, one token. It is for an API whose clients send
// another scheme than Bearer, such as Token.
//
// It returns ErrRequired when there is no such header or its scheme is another
// one, such as that of a proxy's own login, and ErrTokenInvalid when there are
// two headers, or one that names the scheme and goes on otherwise. It does not
// look into the token: Tokens.Parse does.
func Credentials(r *http.Request, scheme string) (string, error) {
	headers := r.Header.Values("Authorization")
	if len(headers) == 0 {
		return "", ErrRequired.Here()
	}
	sent, token, _ := strings.Cut(headers[0], " ")
	token = strings.TrimLeft(token, " ")
	switch {
	case len(headers) > 1:
		return "", ErrTokenInvalid.Wrap(errMalformed)
	case !strings.EqualFold(sent, scheme):
		return "", ErrRequired.Here()
	case !wellFormed(token):
		return "", ErrTokenInvalid.Wrap(errMalformed)
	}
	return token, nil
}

// wellFormed reports whether s is a token68 of RFC 9110, which every token is,
// and no longer than maxToken.
func wellFormed(s string) bool {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/"
	s, whole := strings.TrimRight(s, "="), len(s)
	return s != "" && whole <= maxToken && strings.Trim(s, letters) == ""
}
