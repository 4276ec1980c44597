package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"
)

// Both programs are built and started; that they give the same answers is what the bench
// checks itself. A peer is measured, too.
func TestConduit(t *testing.T) {
	t.Parallel()
	if err := supported(); err != nil {
		t.Skip(err)
	}
	p := newPeer(t)
	var out bytes.Buffer
	if err := measureConduit(t.Context(), []string{"-quick", "-peer", "other=" + p.URL + "/api"}, &out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"320 articles, 4032 follows", "(article)", "(list)", "(tag)", "(feed)", "(favourite)", "(create)", "\nother ", "From the start to the first answer", "The most memory"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
	if strings.Contains(out.String(), "requests failed") {
		t.Error(out.String())
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, asked := range []string{"GET /api/articles/one%20two", "GET /api/articles?limit=20", "GET /api/articles?limit=20&tag=c%26d", "GET /api/articles/feed?limit=20",
		"POST /api/articles/one%20two/favorite", "DELETE /api/articles/one%20two/favorite", "POST /api/articles", "POST /api/profiles/Ann/follow"} {
		if p.asked[asked] == 0 {
			t.Errorf("the peer was not asked for %s", asked)
		}
	}
}

// peer is what a peer must be able to do for the bench.
type peer struct {
	*httptest.Server
	mu    sync.Mutex
	asked map[string]int
}

func newPeer(t *testing.T) *peer {
	p := &peer{asked: map[string]int{}}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		p.asked[r.Method+" "+r.URL.RequestURI()]++
		p.mu.Unlock()
		var body struct {
			User    struct{ Username, Email, Password string }
			Article struct{ Title, Description, Body string }
		}
		if r.ContentLength > 0 && json.NewDecoder(r.Body).Decode(&body) != nil {
			w.WriteHeader(http.StatusUnprocessableEntity)
			return
		}
		switch path := r.Method + " " + r.URL.Path; {
		case path == "POST /api/users" && body.User.Username != "" && body.User.Email != "" && body.User.Password != "":
			w.WriteHeader(http.StatusCreated)
			fmt.Fprintf(w, `{"user":{"token":"token of %s"}}`, body.User.Username)
		case !strings.HasPrefix(r.Header.Get("Authorization"), "Token token of bench"):
			w.WriteHeader(http.StatusUnauthorized)
		case path == "POST /api/articles" && body.Article.Title != "" && body.Article.Description != "" && body.Article.Body != "":
			w.WriteHeader(http.StatusCreated)
		case path == "GET /api/articles" && r.URL.Query().Get("offset") == "0":
			_, _ = w.Write([]byte(`{"articles":[{"slug":"one two","tagList":["c&d"],"author":{"username":"Ann"}}]}`))
			_ = http.NewResponseController(w).Flush() // so that it comes in chunks
		default:
			_, _ = w.Write([]byte(`{}`))
		}
	}))
	t.Cleanup(p.Close)
	return p
}

func TestConduitArguments(t *testing.T) {
	t.Parallel()
	for _, args := range []string{"-rounds 0", "-each 0s", "-users 10", "-articles 1", "-only artikel", "more", "-peer nothing", "-peer x=https://127.0.0.1:1/api", "-peer x=http://127.0.0.1/api", "-peer terem=http://127.0.0.1:1/api"} {
		if err := command(t.Context(), append([]string{"conduit"}, strings.Fields(args)...), nil, new(bytes.Buffer)); err == nil {
			t.Errorf("%q was accepted", args)
		}
	}
}

// Answers are compared but for what differs whenever it is written.
func TestSettled(t *testing.T) {
	t.Parallel()
	now := time.Now().UTC().Format("2006-01-02T15:04:05.000Z")
	for from, want := range map[string]string{
		`{"createdAt":"` + now + `","articles":[{"updatedAt":"` + now + `"}]}`: `{"createdAt":"now","articles":[{"updatedAt":"now"}]}`,
		`{"createdAt":"2026-01-02T03:04:05.678Z"}`:                             `{"createdAt":"2026-01-02T03:04:05.678Z"}`,
		`{"createdAt":"` + now[:19] + `Z"}`:                                    `{"createdAt":"` + now[:19] + `Z"}`, // of another form
		`{"title":"` + now + `"}`:                                              `{"title":"` + now + `"}`,
		`{"slug":"feed-0123456789"}`:                                           `{"slug":"feed-…"}`,
		`{"slug":"feed-01234"}`:                                                `{"slug":"feed-01234"}`,
		`[null, 1, "x", true]`:                                                 `[null, 1, "x", true]`,
	} {
		var a, b any
		if err := json.Unmarshal([]byte(from), &a); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(want), &b); err != nil {
			t.Fatal(err)
		}
		if got := settled("", a); !reflect.DeepEqual(got, b) {
			t.Errorf("%s becomes %v, want %s", from, got, want)
		}
	}
}
