package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"log"
	"net/http"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// server has the routes.
type server struct {
	db   *pgxpool.Pool
	auth *tokens
}

func newServer(db *pgxpool.Pool, key []byte) *server { return &server{db, newTokens(key)} }

func (s *server) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/articles", handle(s.list))
	mux.HandleFunc("GET /api/articles/feed", handle(s.feed))
	mux.HandleFunc("GET /api/articles/{slug}", handle(s.article))
	mux.HandleFunc("POST /api/articles", handle(s.create))
	mux.HandleFunc("POST /api/articles/{slug}/favorite", handle(s.favorite))
	mux.HandleFunc("DELETE /api/articles/{slug}/favorite", handle(s.unfavorite))
	return mux
}

// failure is what a client is told of what went wrong.
type failure struct {
	status int
	Errors map[string][]string `json:"errors"`
}

func (f *failure) Error() string { return http.StatusText(f.status) }

func fail(status int, field, message string) *failure {
	return &failure{status, map[string][]string{field: {message}}}
}

// handle answers with what a handler returns, as JSON.
func handle(f func(r *http.Request) (status int, answer any, err error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		status, answer, err := f(r)
		if err != nil {
			var known *failure
			if !errors.As(err, &known) {
				log.Printf("%s %s: %v", r.Method, r.URL, err)
				known = fail(http.StatusInternalServerError, "request", "Something went wrong.")
			}
			status, answer = known.status, known
		}
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		if err := e.Encode(answer); err != nil {
			log.Printf("%s %s: %v", r.Method, r.URL, err)
			http.Error(w, "", http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", strconv.Itoa(b.Len()))
		w.WriteHeader(status)
		_, _ = w.Write(b.Bytes()) // the client may be gone
	}
}

// article is an article as a client sees it; in lists it has no text.
type article struct {
	Slug           string   `json:"slug"`
	Title          string   `json:"title"`
	Description    string   `json:"description"`
	Body           *string  `json:"body,omitempty"`
	TagList        []string `json:"tagList"`
	CreatedAt      moment   `json:"createdAt"`
	UpdatedAt      moment   `json:"updatedAt"`
	Favorited      bool     `json:"favorited"`
	FavoritesCount int64    `json:"favoritesCount"`
	Author         author   `json:"author"`
}

type author struct {
	Username  string  `json:"username"`
	Bio       *string `json:"bio"`
	Image     *string `json:"image"`
	Following bool    `json:"following"`
}

// reply is one article, and list are some.
type reply struct {
	Article article `json:"article"`
}

type list struct {
	Articles      []article `json:"articles"`
	ArticlesCount int64     `json:"articlesCount"`
}

// moment is a time with three digits of a second.
type moment time.Time

func (m moment) MarshalText() ([]byte, error) {
	return time.Time(m).UTC().AppendFormat(nil, "2006-01-02T15:04:05.000Z07:00"), nil
}
