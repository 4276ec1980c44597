package web

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// file is a static file and its compressed forms, which are made once.
type file struct {
	mediaType string
	content   []byte
	tag       string        // of the content, for ETag
	gzip      func() []byte // nil if it does not help
	zstd      func() []byte
}

func newFile(name string, content []byte) *file {
	hash := sha256.Sum256(content)
	f := &file{mediaType: mediaType(name), content: content, tag: fmt.Sprintf("%x", hash[:12])}
	f.gzip = sync.OnceValue(func() []byte { return f.compress(gzipped) })
	f.zstd = sync.OnceValue(func() []byte { return f.compress(zstandard) })
	return f
}

// compress returns the compressed content, or nil if that is no shorter.
func (f *file) compress(by func([]byte) []byte) []byte {
	if !compressible(f.mediaType) {
		return nil
	}
	if packed := by(f.content); len(packed) < len(f.content) {
		return packed
	}
	return nil
}

func gzipped(content []byte) []byte {
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // fails for an unknown level only
	_, _ = w.Write(content)                               // a buffer takes everything
	_ = w.Close()
	return b.Bytes()
}

func zstandard(content []byte) []byte {
	// Browsers refuse windows of more than 8 MiB (RFC 9659).
	w, _ := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), // fails for unknown options only
		zstd.WithEncoderLevel(zstd.SpeedBestCompression), zstd.WithWindowSize(8<<20))
	return w.EncodeAll(content, nil)
}

// serve answers with the file. A browser may keep an immutable one for ever.
func (f *file) serve(w http.ResponseWriter, r *http.Request, immutable bool) {
	h := w.Header()
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		h.Set("Allow", "GET, HEAD")
		http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
		return
	}
	h.Set("Content-Type", f.mediaType)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-cache")
	if immutable {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	if compressible(f.mediaType) {
		h.Add("Vary", "Accept-Encoding")
	}
	encoding, content := f.choose(r)
	h.Set("ETag", `"`+f.tag+encoding+`"`)
	if encoding != "" {
		h.Set("Content-Encoding", encoding)
		if r.Header.Get("If-Match") == "" { // 412 has no content
			h.Set("Content-Length", strconv.Itoa(len(content)))
		}
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
}

// choose returns the form of the file that suits the request. Parts of a file are parts of it as it is.
func (f *file) choose(r *http.Request) (encoding string, content []byte) {
	if r.Header.Get("Range") == "" {
		accepted := strings.Join(r.Header.Values("Accept-Encoding"), ",")
		if accepts(accepted, "zstd") && f.zstd() != nil {
			return "zstd", f.zstd()
		}
		if accepts(accepted, "gzip") && f.gzip() != nil {
			return "gzip", f.gzip()
		}
	}
	return "", f.content
}

// accepts reports whether an Accept-Encoding header names the encoding, with a weight above zero.
func accepts(header, encoding string) bool {
	for item := range strings.SplitSeq(header, ",") {
		name, parameter, weighted := strings.Cut(item, ";")
		if !strings.EqualFold(strings.TrimSpace(name), encoding) {
			continue
		}
		weight, err := strconv.ParseFloat(strings.TrimPrefix(strings.TrimSpace(parameter), "q="), 64)
		return !weighted || err == nil && weight > 0
	}
	return false
}

// readFiles returns the contents of a folder's files by name.
func readFiles(files fs.FS) (map[string][]byte, error) {
	contents := map[string][]byte{}
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		hidden := strings.HasPrefix(path.Base(name), ".") && name != "."
		switch {
		case err != nil:
			return err
		case hidden && entry.IsDir():
			return fs.SkipDir
		case hidden || entry.IsDir():
			return nil
		case !entry.Type().IsRegular():
			return fmt.Errorf("%s is not a regular file", name)
		}
		content, err := fs.ReadFile(files, name)
		contents[name] = append([]byte{}, content...) // never nil
		return err
	})
	return contents, err
}
