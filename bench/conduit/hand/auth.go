package main

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/golang-jwt/jwt/v5"
	"github.com/jackc/pgx/v5"
)

// tokens reads the tokens that clients send.
type tokens struct {
	key    []byte
	parser *jwt.Parser
}

func newTokens(key []byte) *tokens {
	return &tokens{key, jwt.NewParser(jwt.WithValidMethods([]string{"HS256"}), jwt.WithIssuer("Conduit"), jwt.WithAudience("Conduit"), jwt.WithExpirationRequired())}
}

// user is who calls: nobody has the id 0.
type user struct {
	id int64
	author
}

var errInvalidToken = fail(http.StatusUnauthorized, "token", "is invalid")

// viewer returns who calls, or nobody without a token.
func (s *server) viewer(ctx context.Context, r *http.Request) (u user, err error) {
	sent := r.Header.Get("Authorization")
	if sent == "" {
		return u, nil
	}
	token, found := strings.CutPrefix(sent, "Token ")
	if !found {
		return u, errInvalidToken
	}
	var claims jwt.RegisteredClaims
	if _, err := s.auth.parser.ParseWithClaims(token, &claims, func(*jwt.Token) (any, error) { return s.auth.key, nil }); err != nil {
		return u, errInvalidToken
	}
	id, err := strconv.ParseInt(claims.Subject, 10, 64)
	if err != nil {
		return u, errInvalidToken
	}
	err = s.db.QueryRow(ctx, "SELECT id, username, bio, image FROM users WHERE id = $1", id).Scan(&u.id, &u.Username, &u.Bio, &u.Image)
	if errors.Is(err, pgx.ErrNoRows) {
		err = errInvalidToken
	}
	return u, err
}

// caller is viewer where nobody may not call.
func (s *server) caller(ctx context.Context, r *http.Request) (user, error) {
	u, err := s.viewer(ctx, r)
	if err == nil && u.id == 0 {
		err = fail(http.StatusUnauthorized, "token", "is missing")
	}
	return u, err
}
