package api_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/terem-go/terem/api"
)

// file is a body that notes whether it was closed.
type file struct {
	io.Reader
	closed chan struct{}
}

func newFile(r io.Reader) file { return file{r, make(chan struct{})} }

func (f file) Close() error { close(f.closed); return nil }

type seekable struct {
	io.ReadSeeker
	file
}

func (s seekable) Read(p []byte) (int, error) { return s.ReadSeeker.Read(p) }

func (f file) isClosed(t *testing.T) {
	t.Helper()
	select {
	case <-f.closed:
	case <-time.After(10 * time.Second):
		t.Error("the body was not closed")
	}
}

// fails gives some bytes and then an error.
type fails struct{ r io.Reader }

func (f fails) Read(p []byte) (int, error) {
	n, err := f.r.Read(p)
	if err == io.EOF {
		err = errors.New("the disk is gone")
	}
	return n, err
}

func TestDownload(t *testing.T) {
	t.Parallel()
	const content = "0123456789"
	long := strings.Repeat(content, 1000)
	when := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for name, c := range map[string]struct {
		body   io.Reader
		d      api.Download
		method string
		header [2]string
		status int
		want   string
		sent   map[string]string
	}{
		"a stream":        {body: strings.NewReader(content), status: 200, want: content, sent: map[string]string{"Content-Type": "application/octet-stream", "Content-Disposition": "", "Cache-Control": "no-store", "Accept-Ranges": ""}},
		"its size":        {body: strings.NewReader(content), d: api.Download{Size: 10, Type: "text/csv", Modified: when}, status: 200, want: content, sent: map[string]string{"Content-Length": "10", "Content-Type": "text/csv", "Last-Modified": "Fri, 02 Jan 2026 03:04:05 GMT"}},
		"HEAD":            {body: strings.NewReader(content), d: api.Download{Size: 10}, method: "HEAD", status: 200, sent: map[string]string{"Content-Length": "10"}},
		"compressed":      {body: strings.NewReader(long), d: api.Download{Size: 10000, Type: "text/csv"}, header: [2]string{"Accept-Encoding", "gzip"}, status: 200, want: long, sent: map[string]string{"Content-Encoding": "gzip"}},
		"seekable":        {body: bytes.NewReader([]byte(long)), d: api.Download{Type: "text/csv"}, header: [2]string{"Accept-Encoding", "gzip"}, status: 200, want: long, sent: map[string]string{"Content-Length": "10000", "Accept-Ranges": "bytes", "Content-Encoding": "", "No-Gzip-Compression": ""}},
		"seekable, HEAD":  {body: bytes.NewReader([]byte(content)), method: "HEAD", status: 200, sent: map[string]string{"Content-Length": "10"}},
		"a range":         {body: bytes.NewReader([]byte(content)), header: [2]string{"Range", "bytes=2-4"}, status: 206, want: "234", sent: map[string]string{"Content-Range": "bytes 2-4/10", "Content-Length": "3"}},
		"two ranges":      {body: bytes.NewReader([]byte(content)), header: [2]string{"Range", "bytes=0-0,-1"}, status: 206},
		"no such range":   {body: bytes.NewReader([]byte(content)), header: [2]string{"Range", "bytes=20-"}, status: 416, sent: map[string]string{"Content-Range": "bytes */10"}},
		"not modified":    {body: bytes.NewReader([]byte(content)), d: api.Download{Modified: when}, header: [2]string{"If-Modified-Since", "Fri, 02 Jan 2026 03:04:05 GMT"}, status: 304},
		"a changed range": {body: bytes.NewReader([]byte(content)), d: api.Download{Modified: when}, header: [2]string{"If-Unmodified-Since", "Fri, 02 Jan 2026 03:04:04 GMT"}, status: 412},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFile(c.body)
			c.d.Body = io.Reader(f)
			if s, ok := c.body.(*bytes.Reader); ok {
				c.d.Body = seekable{s, f}
			}
			s := server(t, handler(t, api.Config{}, nil, func(r *api.Router) {
				api.Get(r, "/x", func(context.Context, api.None, *nothing) (*api.Download, error) { return &c.d, nil }, api.Public)
			}))
			if c.method == "" {
				c.method = "GET"
			}
			r := request(t, c.method, s.URL+"/x", nil)
			if c.header[0] != "" {
				r.Header.Set(c.header[0], c.header[1])
			}
			resp, body := send(t, r)
			if resp.Header.Get("Content-Encoding") == "gzip" {
				z, err := gzip.NewReader(strings.NewReader(body))
				if err != nil {
					t.Fatal(err)
				}
				b, err := io.ReadAll(z)
				if body = string(b); err != nil {
					t.Error(err)
				}
			}
			if resp.StatusCode != c.status || c.want != "" && body != c.want {
				t.Errorf("%d %q", resp.StatusCode, body)
			}
			for name, want := range c.sent {
				if got := resp.Header.Get(name); got != want {
					t.Errorf("%s: %q, want %q", name, got, want)
				}
			}
			f.isClosed(t)
		})
	}
}

func TestDownloadNames(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"a.csv", `a "quoted" \ name.csv`, "отчёт 2026.csv", "a\r\nSet-Cookie: x=1", "a;b=c", "\xff", "日本語/…/../etc"} {
		c := client(t, api.Config{}, nil, func(r *api.Router) {
			api.Get(r, "/x", func(context.Context, api.None, *nothing) (*api.Download, error) {
				return &api.Download{Body: strings.NewReader("x"), Name: name}, nil
			}, api.Public)
		})
		r := c.Get("/x").Expect(200)
		value := r.Header.Get("Content-Disposition")
		kind, params, err := mime.ParseMediaType(value)
		if err != nil || kind != "attachment" || params["filename"] != name || strings.ContainsAny(value, "\r\n") || len(r.Header["Set-Cookie"]) > 0 {
			t.Errorf("%q: %q (%v) %v", name, value, params, err)
		}
	}
}

// A download that is not whole must not look so, compressed or not.
func TestDownloadThatFails(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]func() (io.Reader, int64){
		"in the middle":        func() (io.Reader, int64) { return fails{&endless{left: 1 << 20}}, 0 },
		"in the middle, sized": func() (io.Reader, int64) { return fails{&endless{left: 1 << 20}}, 2 << 20 },
		"soon":                 func() (io.Reader, int64) { return fails{&endless{left: 10}}, 0 },
		"at once":              func() (io.Reader, int64) { return fails{&endless{}}, 0 },
		"short":                func() (io.Reader, int64) { return &endless{left: 1 << 20}, 2 << 20 },
		"seekable, in the middle": func() (io.Reader, int64) {
			return shrunk{bytes.NewReader(make([]byte, 1<<20)), errors.New("the disk is gone")}, 0
		},
		"seekable, short": func() (io.Reader, int64) { return shrunk{bytes.NewReader(make([]byte, 1<<20)), nil}, 0 },
	} {
		for _, encoding := range []string{"identity", "gzip", "zstd"} {
			t.Run(name+", "+encoding, func(t *testing.T) {
				t.Parallel()
				r, size := body()
				f := newFile(r)
				d := &api.Download{Body: f, Size: size, Type: "text/csv"}
				if s, ok := r.(io.ReadSeeker); ok {
					d.Body = seekable{s, f}
				}
				s := server(t, handler(t, api.Config{}, nil, func(r *api.Router) {
					api.Get(r, "/x", func(context.Context, api.None, *nothing) (*api.Download, error) { return d, nil }, api.Public)
				}))
				q := request(t, "GET", s.URL+"/x", nil)
				q.Header.Set("Accept-Encoding", encoding)
				resp, err := http.DefaultTransport.RoundTrip(q)
				if err == nil {
					_, err = io.ReadAll(resp.Body)
					resp.Body.Close()
				}
				if err == nil {
					t.Errorf("the answer looks whole: %v", resp.Header)
				}
				f.isClosed(t)
			})
		}
	}
}

// shrunk claims to be twice as long as it is.
type shrunk struct {
	*bytes.Reader
	err error
}

func (s shrunk) Read(p []byte) (int, error) {
	n, err := s.Reader.Read(p)
	if err == io.EOF && s.err != nil {
		err = s.err
	}
	return n, err
}

func (s shrunk) Seek(offset int64, whence int) (int64, error) {
	n, err := s.Reader.Seek(offset, whence)
	if whence == io.SeekEnd {
		n *= 2
	}
	return n, err
}

func TestDownloadWithoutABody(t *testing.T) {
	t.Parallel()
	c := client(t, api.Config{}, nil, func(r *api.Router) {
		api.Get(r, "/nil", func(context.Context, api.None, *nothing) (*api.Download, error) { return nil, nil }, api.Public)
		api.Get(r, "/empty", func(context.Context, api.None, *nothing) (*api.Download, error) { return &api.Download{}, nil }, api.Public)
	})
	c.Get("/nil").ExpectError(500, "internal")
	c.Get("/empty").ExpectError(500, "internal")
}

func TestClientLeavesADownload(t *testing.T) {
	t.Parallel()
	f := newFile(&endless{left: 1 << 40})
	s := server(t, handler(t, api.Config{}, nil, func(r *api.Router) {
		api.Get(r, "/x", func(context.Context, api.None, *nothing) (*api.Download, error) { return &api.Download{Body: f}, nil }, api.Public)
	}))
	c := dial(t, s)
	io.WriteString(c, "GET /x HTTP/1.1\r\nHost: x\r\n\r\n")
	if _, err := io.ReadFull(c, make([]byte, 1<<20)); err != nil {
		t.Fatal(err)
	}
	c.Close()
	f.isClosed(t)
}

// The output of a program is an *os.File, which has the method Seek and refuses it.
func TestDownloadOfAPipe(t *testing.T) {
	t.Parallel()
	s := server(t, handler(t, api.Config{}, nil, func(r *api.Router) {
		api.Get(r, "/x", func(context.Context, api.None, *nothing) (*api.Download, error) {
			out, in, err := os.Pipe()
			if err != nil {
				return nil, err
			}
			go func() {
				_, _ = io.WriteString(in, "what a program writes")
				_ = in.Close()
			}()
			return &api.Download{Body: out, Type: "text/plain"}, nil
		}, api.Public)
	}))
	r := request(t, "GET", s.URL+"/x", nil)
	r.Header.Set("Range", "bytes=2-4")
	if resp, body := send(t, r); resp.StatusCode != 200 || body != "what a program writes" {
		t.Errorf("%d %q", resp.StatusCode, body)
	}
}
