package api_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/errs"
)

// endless gives n bytes, and notes the most memory that was in use meanwhile.
type endless struct {
	left int64
	peak uint64
}

func (e *endless) Read(p []byte) (int, error) {
	if e.left == 0 {
		return 0, io.EOF
	}
	n := min(int64(len(p)), e.left)
	clear(p[:n])
	if e.left%(1<<24) < n {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		e.peak = max(e.peak, m.HeapAlloc)
	}
	e.left -= n
	return int(n), nil
}

func (e *endless) Close() error { return nil }

const large = 200 << 20

// Not parallel: it measures the memory of the process.
func TestStreamsDoNotFillMemory(t *testing.T) {
	s := server(t, handler(t, api.Config{}, nil, func(r *api.Router) {
		api.Post(r, "/up", func(_ context.Context, _ api.None, in *struct{ File api.Upload }) (*text, error) {
			n, err := io.Copy(io.Discard, in.File)
			return &text{fmt.Sprint(in.File.Type, " ", in.File.Size, " ", n)}, err
		}, api.Public, api.MaxBody(large))
		api.Get(r, "/down", func(context.Context, api.None, *nothing) (*api.Download, error) {
			return &api.Download{Body: &endless{left: large}, Size: large}, nil
		}, api.Public)
	}))
	var before runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)

	up := &endless{left: large}
	r := request(t, "POST", s.URL+"/up", up)
	r.ContentLength = large
	r.Header.Set("Content-Type", "video/mp4")
	if resp, body := send(t, r); resp.StatusCode != 200 || !strings.Contains(body, "video/mp4 209715200 209715200") {
		t.Errorf("%d %s", resp.StatusCode, body)
	}
	resp, err := http.DefaultTransport.RoundTrip(request(t, "GET", s.URL+"/down", nil))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var m runtime.MemStats
	if n, err := io.Copy(io.Discard, resp.Body); n != large || err != nil {
		t.Errorf("%d bytes, %v", n, err)
	}
	runtime.ReadMemStats(&m)
	if used := max(up.peak, m.HeapAlloc) - before.HeapAlloc; int64(used) > 50<<20 {
		t.Errorf("%d MiB in use for streams of %d MiB", used>>20, large>>20)
	}
}

func TestUpload(t *testing.T) {
	t.Parallel()
	var ran atomic.Int32
	s := server(t, handler(t, api.Config{}, nil, func(r *api.Router) {
		api.Post(r, "/images/{name}", func(_ context.Context, _ api.None, in *struct {
			Name string     `path:"name" maxLength:"5"`
			File api.Upload `accept:"image/png,image/jpeg"`
		}) (*text, error) {
			ran.Add(1)
			b, err := io.ReadAll(in.File)
			return &text{in.Name + " " + in.File.Type + " " + fmt.Sprintf("%x", sha256.Sum256(b))[:8]}, err
		}, api.Public, api.MaxBody(1000))
		api.Post(r, "/form", func(_ context.Context, _ api.None, in *struct{ File api.Upload }) (*text, error) {
			m, err := in.File.Multipart()
			if err != nil {
				return nil, err
			}
			var got []string
			for {
				part, err := m.NextPart()
				if err == io.EOF {
					return &text{strings.Join(got, " ")}, nil
				}
				if err != nil {
					return nil, err
				}
				b, err := io.ReadAll(part)
				if err != nil {
					return nil, err
				}
				got = append(got, fmt.Sprint(part.FormName(), "=", part.FileName(), ":", len(b)))
			}
		}, api.Public, api.MaxBody(1000), api.OperationID("form"))
	}))
	image := bytes.Repeat([]byte("\x89PNG"), 250)
	var form bytes.Buffer
	m := multipart.NewWriter(&form)
	m.WriteField("title", "A title")
	w, _ := m.CreateFormFile("file", "a.png")
	w.Write(image[:300])
	m.Close()
	for name, c := range map[string]struct {
		path    string
		typ     string
		body    []byte
		chunked bool
		status  int
		want    string
	}{
		"accepted":                     {"/images/a", "image/png", image, false, 200, fmt.Sprintf("a image/png %x", sha256.Sum256(image))[:20]},
		"accepted, in chunks":          {"/images/a", "image/jpeg; q=1", image, true, 200, "a image/jpeg"},
		"capitals":                     {"/images/a", "IMAGE/PNG", image, false, 200, "a image/png"},
		"empty":                        {"/images/a", "image/png", nil, false, 200, "a image/png e3b0c442"},
		"not accepted":                 {"/images/a", "text/html", image, false, 415, "media_type_not_accepted"},
		"no type":                      {"/images/a", "", image, false, 415, "media_type_not_accepted"},
		"too large":                    {"/images/a", "image/png", append(image, 1), false, 413, "body_too_large"},
		"too large, in chunks":         {"/images/a", "image/png", append(image, 1), true, 413, "body_too_large"},
		"a parameter is wrong":         {"/images/toolong", "image/png", image, false, 422, `"in":"path","name":"name"`},
		"a form":                       {"/form", m.FormDataContentType(), form.Bytes(), false, 200, "title=:7 file=a.png:300"},
		"not a form":                   {"/form", "text/plain", []byte("x"), false, 415, "media_type_not_accepted"},
		"a form that is cut":           {"/form", m.FormDataContentType(), form.Bytes()[:200], false, 400, "invalid_form"},
		"a form that is cut in a file": {"/form", m.FormDataContentType(), form.Bytes()[:form.Len()-100], false, 400, "invalid_form"},
		"a form that is too big":       {"/form", m.FormDataContentType(), append(bytes.Clone(form.Bytes()[:form.Len()-70]), bytes.Repeat([]byte("x"), 1000)...), true, 413, "body_too_large"},
	} {
		before := ran.Load()
		r := request(t, "POST", s.URL+c.path, bytes.NewReader(c.body))
		r.Header.Set("Content-Type", c.typ)
		if c.chunked {
			r.ContentLength = -1
			r.Body = io.NopCloser(bytes.NewReader(c.body))
		}
		resp, body := send(t, r)
		if resp.StatusCode != c.status || !strings.Contains(body, c.want) {
			t.Errorf("%s: %d %s, want %d %s", name, resp.StatusCode, body, c.status, c.want)
		}
		if c.status == 415 && ran.Load() != before {
			t.Errorf("%s: the handler ran", name)
		}
	}
}

// What the handler reads is what has arrived, not the whole.
func TestUploadArrivesAsItIsSent(t *testing.T) {
	t.Parallel()
	got := make(chan string)
	cut := make(chan error, 1)
	s := server(t, handler(t, api.Config{}, nil, func(r *api.Router) {
		api.Post(r, "/up", func(_ context.Context, _ api.None, in *struct{ File api.Upload }) (*text, error) {
			b := make([]byte, 5)
			if _, err := io.ReadFull(in.File, b); err != nil {
				return nil, err
			}
			got <- string(b)
			_, err := io.ReadAll(in.File)
			cut <- err
			return nil, err
		}, api.Public)
	}))
	c := dial(t, s)
	io.WriteString(c, "POST /up HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nfirst")
	select {
	case text := <-got:
		if text != "first" {
			t.Errorf("%q", text)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("the handler waits for the whole")
	}
	c.Close()
	if err := <-cut; !errs.HasKind(err, errs.Malformed) {
		t.Errorf("a body that is cut: %v", err)
	}
}

// writes is a connection that remembers the deadlines for writing.
type writes struct {
	http.ResponseWriter
	deadlines []time.Time
}

func (w *writes) SetWriteDeadline(t time.Time) error {
	w.deadlines = append(w.deadlines, t)
	return nil
}

// conns is a listener whose connections remember their deadline for writing.
type conns struct{ net.Listener }

type timed struct {
	net.Conn
	deadline atomic.Pointer[time.Time]
}

func (l conns) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	return &timed{Conn: c}, err
}

func (c *timed) SetWriteDeadline(t time.Time) error {
	c.deadline.Store(&t)
	return c.Conn.SetWriteDeadline(t)
}

// Each answer on a connection has a deadline when it is written: net/http takes it
// back behind each.
func TestWriteDeadlinesOfAConnection(t *testing.T) {
	t.Parallel()
	h := handler(t, api.Config{}, nil, func(r *api.Router) {
		api.Handle(r, "/wrote", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, strings.Repeat("x", 10<<10)) }), api.Public)
		api.Handle(r, "/flushed", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.(http.Flusher).Flush() }), api.Public)
		api.Handle(r, "/unchanged", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotModified) }), api.Public)
	})
	type connKey struct{}
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.ServeHTTP(w, r)
		if at := r.Context().Value(connKey{}).(*timed).deadline.Load(); at == nil || time.Until(*at) < 10*time.Second {
			t.Errorf("%s is written with the deadline %v", r.URL, at)
		}
	}))
	s.Listener = conns{s.Listener}
	s.Config.ConnContext = func(ctx context.Context, c net.Conn) context.Context { return context.WithValue(ctx, connKey{}, c) }
	s.Start()
	defer s.Close()
	c := dial(t, s)
	answers := bufio.NewReader(c)
	for range 2 {
		for _, path := range []string{"/wrote", "/flushed", "/unchanged"} {
			io.WriteString(c, "GET "+path+" HTTP/1.1\r\nHost: x\r\n\r\n")
			answer, err := http.ReadResponse(answers, nil)
			if err != nil {
				t.Fatal(path, err)
			}
			if _, err := io.Copy(io.Discard, answer.Body); err != nil {
				t.Error(path, err)
			}
		}
	}
}

// A connection that a handler has taken over is left alone afterwards, also by what
// waits for the end of the request.
func TestNoWriteDeadlineOfAHijackedConnection(t *testing.T) {
	t.Parallel()
	later := make(chan struct{})
	h := handler(t, api.Config{DB: dbtest.SQLite(t, nil)}, nil, func(r *api.Router) {
		api.Handle(r, "/", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			api.Later(r.Context(), func(context.Context, *db.DB) error { close(later); return nil })
			c, _, err := http.NewResponseController(w).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			io.WriteString(c, "HTTP/1.1 101 Switching Protocols\r\n\r\n")
		}), api.Public)
	})
	type connKey struct{}
	served := make(chan *time.Time, 1)
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() { served <- r.Context().Value(connKey{}).(*timed).deadline.Load() }()
		h.ServeHTTP(w, r)
	}))
	s.Listener = conns{s.Listener}
	s.Config.ConnContext = func(ctx context.Context, c net.Conn) context.Context { return context.WithValue(ctx, connKey{}, c) }
	s.Start()
	defer s.Close()
	io.WriteString(dial(t, s), "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	if at := <-served; at != nil && !at.IsZero() {
		t.Errorf("the handler's connection has the deadline %v", at)
	}
	select {
	case <-later:
	case <-time.After(10 * time.Second):
		t.Error("what was left for the end of the request has not run")
	}
}

// Every piece of every answer has its own time to be taken in.
func TestWriteDeadlines(t *testing.T) {
	t.Parallel()
	var w *writes
	h := handler(t, api.Config{}, nil, func(r *api.Router) {
		api.Get(r, "/typed", func(context.Context, api.None, *nothing) (*text, error) { return &text{}, nil }, api.Public)
		api.Get(r, "/stream", func(context.Context, api.None, *nothing) (*api.Download, error) {
			return &api.Download{Body: &endless{left: 100 << 10}}, nil
		}, api.Public)
		api.Handle(r, "/mounted", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "x") }), api.Public)
	})
	s := server(t, http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w = &writes{ResponseWriter: rw}
		h.ServeHTTP(w, r)
	}))
	for path, least := range map[string]int{"/typed": 1, "/stream": 3, "/mounted": 1, "/nowhere": 1, "/docs": 1} {
		send(t, request(t, "GET", s.URL+path, nil))
		if len(w.deadlines) < least {
			t.Errorf("%s: %d deadlines", path, len(w.deadlines))
		}
		for _, d := range w.deadlines {
			if left := time.Until(d); left < 10*time.Second || left > time.Minute {
				t.Errorf("%s: a deadline %v from now", path, left)
			}
		}
	}
}
