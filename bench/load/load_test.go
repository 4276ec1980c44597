package load_test

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/terem-go/terem/bench/item"
	"github.com/terem-go/terem/bench/load"
)

func TestPercentile(t *testing.T) {
	t.Parallel()
	hundred := make([]time.Duration, 100)
	for i := range hundred {
		hundred[i] = time.Duration(100 - i) // 100, 99 … 1
	}
	tests := map[string]struct {
		values []time.Duration
		p      int
		want   time.Duration
	}{
		"none":            {nil, 99, 0},
		"one":             {[]time.Duration{7}, 50, 7},
		"median of two":   {[]time.Duration{9, 3}, 50, 3},
		"median of three": {[]time.Duration{9, 3, 5}, 50, 5},
		"p50 of 100":      {hundred, 50, 50},
		"p99 of 100":      {hundred, 99, 99},
		"p100 of 100":     {hundred, 100, 100},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			values := append([]time.Duration(nil), test.values...)
			if got := load.Percentile(values, test.p); got != test.want {
				t.Errorf("got %d, want %d", got, test.want)
			}
		})
	}
}

func TestRead(t *testing.T) {
	t.Parallel()
	var asked atomic.Int64
	var wrong atomic.Value
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if id := strings.TrimPrefix(r.URL.Path, "/records/item"); len(id) != 11 || id < "00000000001" || id > "00000000003" || r.Method != "GET" {
			wrong.Store(r.Method + " " + r.URL.Path)
		}
		if asked.Add(1)%10 == 0 {
			http.Error(w, "a failure", http.StatusServiceUnavailable)
			return
		}
		_, _ = io.WriteString(w, "hello")
	}))
	defer s.Close()
	r, err := load.Run(load.Plan{Addr: s.Listener.Addr().String(), Path: "/records/item", Width: 11, Keys: 3,
		Status: 200, Clients: 3, For: 100 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	if w := wrong.Load(); w != nil {
		t.Errorf("asked for %s", w)
	}
	if total := int(asked.Load()); r.Requests+r.Failed != total || r.Failed != total/10 || r.Failure != "503 a failure" {
		t.Errorf("the server had %d requests; the result is %+v", total, r)
	}
	if r.P50 <= 0 || r.P99 < r.P50 || r.Took < 100*time.Millisecond {
		t.Errorf("times: %+v", r)
	}
}

func TestInsert(t *testing.T) {
	t.Parallel()
	var wrong atomic.Value
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var c item.Create
		err := json.NewDecoder(r.Body).Decode(&c)
		if err == nil {
			err = c.Check()
		}
		if err != nil || r.Method != "POST" || r.URL.Path != "/items" || r.Header.Get("Content-Type") != "application/json" {
			wrong.Store(r.Method + " " + r.URL.Path)
		}
		w.WriteHeader(http.StatusCreated)
	}))
	defer s.Close()
	r, err := load.Run(load.Plan{Addr: s.Listener.Addr().String(), Insert: true, Path: "/items", Keys: 3,
		Status: 201, Clients: 2, For: 50 * time.Millisecond})
	if err != nil || r.Requests == 0 || r.Failed != 0 {
		t.Errorf("%+v, %v", r, err)
	}
	if w := wrong.Load(); w != nil {
		t.Errorf("sent %s, or a body that is not an item", w)
	}
}

func TestConnectionThatEnds(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	defer s.Close()
	_, err := load.Run(load.Plan{Addr: s.Listener.Addr().String(), Path: "/", Keys: 1, Status: 200, Clients: 1, For: time.Second})
	if err == nil {
		t.Error("a connection ended and Run did not fail")
	}
}

// Each client asks with its own token, and marks what it then unmarks.
func TestConduit(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	asked := map[string][]string{} // by token
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body struct{ Article map[string]any }
		text, _ := io.ReadAll(r.Body)
		line := r.Method + " " + r.URL.RequestURI()
		if len(text) > 0 {
			if err := json.Unmarshal(text, &body); err != nil || len(body.Article) != 4 || r.Header.Get("Content-Type") != "application/json" {
				t.Errorf("sent %s", text)
			}
			line += fmt.Sprint(" ", body.Article["title"])
			w.WriteHeader(http.StatusCreated)
		}
		mu.Lock()
		defer mu.Unlock()
		asked[r.Header.Get("Authorization")] = append(asked[r.Header.Get("Authorization")], line)
		_, _ = io.WriteString(w, "some")
		_ = http.NewResponseController(w).Flush() // and so in chunks
		_, _ = io.WriteString(w, strings.Repeat("more", 1000))
	}))
	defer s.Close()
	run := func(row string, seed uint64) map[string][]string {
		clear(asked)
		r, err := load.Run(load.Plan{Addr: s.Listener.Addr().String(), Clients: 2, For: 50 * time.Millisecond, Seed: seed, Conduit: &load.Conduit{
			Row: row, Base: "/x", Tokens: []string{"a", "b"}, Slugs: []string{"s1", "s2", "s3"}, Tags: []string{"t1", "t2"}}})
		if err != nil || r.Failed > 0 || len(asked) != 2 || len(asked["Token a"])+len(asked["Token b"]) != r.Requests {
			t.Fatalf("%s: %+v, %v, asked %v", row, r, err, asked)
		}
		return asked
	}
	for row, want := range map[string]string{
		load.Article: "^GET /x/articles/s[123]$", load.List: `^GET /x/articles\?limit=20$`, load.Tagged: `^GET /x/articles\?limit=20&tag=t[12]$`,
		load.Feed: `^GET /x/articles/feed\?limit=20$`, load.Favourite: "^(POST|DELETE) /x/articles/s[123]/favorite$", load.Create: "^POST /x/articles On load 7 ",
	} {
		pattern := regexp.MustCompile(want)
		for token, lines := range run(row, 7) {
			for i, line := range lines {
				if !pattern.MatchString(line) {
					t.Errorf("%s: asked for %s, want %s", row, line, want)
				}
				if row == load.Favourite && i%2 == 1 && line != "DELETE"+strings.TrimPrefix(lines[i-1], "POST") {
					t.Errorf("%s: %s, then %s", token, lines[i-1], line)
				}
			}
		}
	}
	titles := slices.Concat(slices.Collect(maps.Values(run(load.Create, 8)))...)
	if all := len(titles); len(slices.Compact(slices.Sorted(slices.Values(titles)))) != all {
		t.Error("a title comes twice")
	}
}
