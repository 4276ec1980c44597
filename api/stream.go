package api

import (
	"io"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/klauspost/compress/gzhttp"

	"github.com/terem-go/terem/errs"
)

// Upload is a field of an input: a request body that the handler reads as it
// arrives, up to the route's MaxBody. The tag accept lists the media types that
// are let through, such as accept:"image/png,image/jpeg"; without it every type
// is. A handler with an Upload takes *db.DB or None, is run once, and has no
// deadline but 30 s without a byte.
type Upload struct {
	// Type is the media type that the client names, such as "image/png".
	Type string
	// Size is the length that the client announces in bytes, -1 for unknown.
	Size int64

	body    io.Reader
	request *http.Request
}

// Read reads the body. Its errors are *errs.Error: too large, too slow, cut off.
func (u Upload) Read(p []byte) (int, error) { return u.body.Read(p) }

var errNotAccepted = errs.New(errs.UnsupportedMedia, "media_type_not_accepted", "A body of this media type is not accepted here.")

func (c *call) newUpload() Upload {
	r := c.request.WithContext(c.ctx)
	c.upload = &slowReader{r: http.MaxBytesReader(c.w, r.Body, c.route.maxBody), control: http.NewResponseController(c.w)}
	r.Body = io.NopCloser(c.upload)
	t, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return Upload{Type: t, Size: r.ContentLength, body: c.upload, request: r}
}

// accepted refuses an upload that is announced to be too large or of a type
// that the route does not accept.
func (in *input) accepted(r *http.Request, limit int64) error {
	if r.ContentLength > limit {
		return errTooLarge.Here()
	}
	t, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if in.accepts != "" && !slices.Contains(strings.Split(in.accepts, ","), t) {
		return errNotAccepted.Here()
	}
	return nil
}

// slowReader gives each read its own deadline.
type slowReader struct {
	r       io.Reader
	control *http.ResponseController
	done    bool // the whole body was read
}

func (s *slowReader) Read(p []byte) (int, error) {
	_ = s.control.SetReadDeadline(time.Now().Add(stallTimeout))
	n, err := s.r.Read(p)
	switch {
	case err == io.EOF:
		s.done = true
		_ = s.control.SetReadDeadline(time.Time{}) // it would end the watch for a client that goes away, too
	case err != nil:
		err = unreadable(err)
	}
	return n, err
}

// Download is an output that is streamed after the handler returned. Such a
// handler takes *db.DB or None.
type Download struct {
	// Body is what is sent. It is closed afterwards if it can be. An
	// io.ReadSeeker is served with ranges and conditional requests, and not
	// compressed, unless it refuses to seek as an *os.File that is a pipe does.
	// When reading fails the connection is aborted.
	Body io.Reader
	// Name is the file's name for the browser to save it under; empty means to
	// show it.
	Name string
	// Type is the media type. The default is application/octet-stream.
	Type string
	// Size is the length in bytes; 0 means unknown.
	Size int64
	// Modified is the time of the last change; zero means unknown.
	Modified time.Time
}

func (d *Download) write(w http.ResponseWriter, r *http.Request) {
	if c, ok := d.Body.(io.Closer); ok {
		defer c.Close()
	}
	h := w.Header()
	h.Set("Content-Type", d.Type)
	if d.Type == "" {
		h.Set("Content-Type", "application/octet-stream")
	}
	if d.Name != "" {
		h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": d.Name}))
	}
	if s, ok := d.Body.(io.ReadSeeker); ok && seeks(s) {
		h.Set(gzhttp.HeaderNoCompression, "1") // ranges are those of the plain content
		http.ServeContent(w, r, "", d.Modified, s)
		return
	}
	if d.Size > 0 {
		h.Set("Content-Length", strconv.FormatInt(d.Size, 10))
	}
	if !d.Modified.IsZero() {
		h.Set("Last-Modified", d.Modified.UTC().Format(http.TimeFormat))
	}
	if r.Method == http.MethodHead {
		return
	}
	if n, err := io.Copy(w, d.Body); err != nil || d.Size > 0 && n != d.Size {
		panic(http.ErrAbortHandler) // what was sent is not the whole: the client must see that
	}
}

// seeks reports whether a body can be read from any place: an *os.File has the method
// also where it is the output of a program.
func seeks(s io.Seeker) bool {
	_, err := s.Seek(0, io.SeekCurrent)
	return err == nil
}
