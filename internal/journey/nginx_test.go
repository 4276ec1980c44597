package journey

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/errs"
	"github.com/terem-go/terem/internal/processtest"
)

// mainConfig is what stands around the application's part: what Debian's has,
// with all paths in the folder that nginx is started in. One process does the
// work, as whoever runs the test, and ends with it.
const mainConfig = `
daemon off;
master_process off;
pid nginx.pid;
error_log stderr info;
events {}
http {
	include mime.types;
	default_type application/octet-stream;
	access_log off;
	client_body_temp_path body;
	proxy_temp_path proxy;
	fastcgi_temp_path fastcgi;
	uwsgi_temp_path uwsgi;
	scgi_temp_path scgi;
	include app.conf;
}
`

// nginx is one in front of the application, as deploy/nginx.conf puts it there.
type nginx struct {
	*http.Client
	t      *testing.T
	addr   string
	static string // the folder of the assets
	log    string // the file of the access log
}

// clientIP is where requests to nginx come from, and none to the application.
const clientIP = "127.0.0.2"

// startNginx starts nginx with the configuration of deploy/nginx.conf, changed in
// ports and paths only, which it must have nothing to say against.
func startNginx(t *testing.T, upstream string) *nginx {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("other systems have no second address of their own")
	}
	program := "/usr/sbin/nginx"
	if found, err := exec.LookPath("nginx"); err == nil {
		program = found
	}
	about, err := exec.Command(program, "-V").CombinedOutput()
	if err != nil {
		dbtest.Skip(t, "this test needs nginx: "+err.Error())
	}
	dir, addr := t.TempDir(), freeAddr(t)
	conf := string(read(t, filepath.Join("..", "scaffold", "app", "deploy", "nginx.conf")))
	for old, changed := range map[string]string{
		"listen 80;": "listen " + addr + ";", "listen [::]:80;": "", "server 127.0.0.1:8000;": "server " + upstream + ";", "root /srv/appname;": "root " + dir + ";",
		"access_log /var/log/nginx/access.log appname;": "access_log access.log appname;",
	} {
		if strings.Count(conf, old) != 1 {
			t.Fatalf("nginx.conf has not one %q:\n%s", old, conf)
		}
		conf = strings.Replace(conf, old, changed, 1)
	}
	etc := filepath.Dir(string(regexp.MustCompile(`--conf-path=(\S+)`).FindSubmatch(about)[1]))
	for name, content := range map[string]string{"app.conf": conf, "nginx.conf": mainConfig, "mime.types": string(read(t, filepath.Join(etc, "mime.types")))} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	args := []string{"-p", dir + "/", "-e", "stderr", "-c", filepath.Join(dir, "nginx.conf")}
	if out, err := exec.Command(program, append(args, "-t")...).CombinedOutput(); err != nil || strings.Contains(string(out), "[") {
		t.Fatalf("nginx -t: %v\n%s", err, out)
	}
	p := processtest.Start(t, exec.Command(program, args...))
	p.Log.Await(t, 30*time.Second, "event method") // by now it listens
	t.Cleanup(func() {
		for _, level := range []string{"[alert]", "[crit]", "[emerg]"} {
			if lines := p.Log.Lines(level); len(lines) > 0 {
				t.Errorf("nginx complains: %q", lines)
			}
		}
	})

	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(clientIP)}}
	transport := &http.Transport{DialContext: dialer.DialContext, DisableCompression: true, ExpectContinueTimeout: time.Minute}
	t.Cleanup(transport.CloseIdleConnections)
	last := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &nginx{&http.Client{Transport: transport, CheckRedirect: last, Timeout: time.Minute}, t, addr, filepath.Join(dir, "static"), filepath.Join(dir, "access.log")}
}

// freeAddr returns an address that nobody listens on. That somebody else takes it
// is unlikely, and nginx tries for some seconds.
func freeAddr(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// answer is what came through nginx.
type answer struct {
	status      int
	header      http.Header
	body        string
	application bool // it is the application's, not nginx's own
}

// do sends a request with a body, "" for none, and header fields by name.
func (n *nginx) do(method, path, body string, header map[string]string) answer {
	n.t.Helper()
	r, err := http.NewRequest(method, "http://"+n.addr+path, strings.NewReader(body))
	if err != nil {
		n.t.Fatal(err)
	}
	for name, value := range header {
		r.Header.Set(name, value)
	}
	res, err := n.Do(r)
	if err != nil {
		n.t.Fatal(err)
	}
	defer res.Body.Close()
	content, err := io.ReadAll(res.Body)
	if err != nil {
		n.t.Fatalf("%s %s: %v", method, path, err)
	}
	return answer{res.StatusCode, res.Header, string(content), res.Header.Get("X-Request-Id") != ""}
}

const formType = "application/x-www-form-urlencoded"

// The application behind nginx: it knows its clients, forms of other sites are
// refused, and bodies are bounded.
func TestBehindNginx(t *testing.T) {
	t.Parallel()
	a := newApplication(t, "sqlite:nginx.db")
	a.env["TRUSTED_PROXIES"] = "127.0.0.0/8"
	a.must("", "migrate", "up")
	p, c := a.serve()
	n := startNginx(t, c.Addr)

	through := a.client(n.addr)
	through.want(201, "POST", "/api/users", a.registration("ada@example.com"), nil)
	through.logIn("ada@example.com", a.password).want(200, "GET", "/api/users/me", nil, nil)

	got := n.do("GET", "/", "", map[string]string{"X-Forwarded-For": "203.0.113.9", "X-Request-Id": "mine"})
	if got.status != 200 || !strings.Contains(got.body, "Appname is running") {
		t.Errorf("the home page: %+v", got)
	}
	line := p.Log.Await(t, 10*time.Second, got.header.Get("X-Request-Id"))
	if !strings.Contains(line, `"client":"`+clientIP+`"`) || strings.Contains(line, "mine") {
		t.Errorf("the application takes a request from %s for: %s", clientIP, line)
	}

	// The token of a mailed link comes into no log, not by way of the assets of its page either.
	link := "/reset?token=" + a.secret("the token of a link", "x"+strings.Repeat("y", 30))
	n.do("GET", link, "", nil)
	n.do("GET", "/static/app.css", "", map[string]string{"Referer": "http://" + n.addr + link})
	if log := string(read(t, n.log)); !strings.Contains(log, `"GET /reset" 422`) || strings.Contains(log, "yyy") {
		t.Errorf("nginx's access log:\n%s", log)
	}

	credentials := "email=ada%40example.com&password=" + a.password
	for name, from := range map[string]struct {
		origin, site string
		status       int
	}{
		"its own form":                 {"http://" + n.addr, "same-origin", 303},
		"of an address without https":  {"http://" + n.addr, "", 303},
		"of another site":              {"http://evil.example", "cross-site", 403},
		"which has no https":           {"http://evil.example", "", 403},
		"of another port":              {"http://127.0.0.1:1", "", 403},
		"of the application's own one": {"http://" + c.Addr, "", 403},
	} {
		header := map[string]string{"Content-Type": formType, "Origin": from.origin}
		if from.site != "" {
			header["Sec-Fetch-Site"] = from.site
		}
		if got := n.do("POST", "/login", credentials, header); got.status != from.status || !got.application {
			t.Errorf("a form, %s: %+v", name, got)
		}
	}

	// Whether a body is too large is said before it is sent.
	const limit = 1 << 20
	early := map[string]string{"Content-Type": formType, "Expect": "100-continue"}
	large := strings.Repeat("x", limit+1)
	own(t, n.do("POST", "/login", large, early), 413, "")
	own(t, n.do("POST", "/api/users", large, map[string]string{"Content-Type": "application/json", "Expect": "100-continue"}), 413, "body_too_large")
	if got := n.do("POST", "/login", credentials+"&x="+strings.Repeat("x", limit-len(credentials)-3), early); got.status != 303 || !got.application {
		t.Errorf("a body at the limit: status %d, of the application: %t", got.status, got.application)
	}
	a.stop(p, syscall.SIGTERM)
}

// nginx serves the assets itself, as the application says how they are to be
// served, and what it does not have is the application's.
func TestAssetsBehindNginx(t *testing.T) {
	t.Parallel()
	a := newApplication(t, "sqlite:nginx.db")
	a.must("", "migrate", "up")
	p, c := a.serve()
	n := startNginx(t, c.Addr)
	a.must("", "static", n.static)
	for _, name := range []string{"app.mjs", "app.webmanifest"} {
		if err := os.WriteFile(filepath.Join(n.static, name), []byte("{}"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	home := n.do("GET", "/", "", nil).body
	css := regexp.MustCompile(`/static/app-[0-9a-f]{12}\.css`).FindString(home)
	icon := regexp.MustCompile(`/static/icon-[0-9a-f]{12}\.svg`).FindString(home)
	packed := map[string]string{"Accept-Encoding": "gzip, br"}

	got := n.do("GET", css, "", packed)
	unzip, err := gzip.NewReader(strings.NewReader(got.body))
	if err != nil {
		t.Fatalf("%s: %v: %+v", css, err, got)
	}
	content, err := io.ReadAll(unzip)
	if plain := n.do("GET", css, "", nil); err != nil || plain.application || plain.header.Get("Content-Encoding") != "" || !bytes.Equal(content, []byte(plain.body)) {
		t.Errorf("%s is not the same without compression: %v: %+v", css, err, plain)
	}
	const forever, ask = "public, max-age=31536000, immutable", "no-cache"
	served := func(path, contentType, caching, encoding string) {
		t.Helper()
		got := n.do("GET", path, "", packed)
		field := func(name string) string { return got.header.Get(name) }
		kind, _, _ := strings.Cut(field("Content-Type"), ";")
		if diff := cmp.Diff([]string{contentType, caching, encoding, "nosniff"}, []string{kind, field("Cache-Control"), field("Content-Encoding"), field("X-Content-Type-Options")}); got.status != 200 || diff != "" {
			t.Errorf("%s: status %d (-want +got):\n%s", path, got.status, diff)
		}
		if encoding != "" && field("Vary") != "Accept-Encoding" {
			t.Errorf("%s is packed, and caches hear: Vary: %q", path, field("Vary"))
		}
	}
	served(css, "text/css", forever, "gzip")
	served("/static/app.css", "text/css", ask, "gzip")
	served("/static/app.mjs", "text/javascript", ask, "")
	served("/static/app.webmanifest", "application/manifest+json", ask, "")

	// A file that is not there yet, or no more.
	for _, ending := range []string{"", ".gz"} {
		if err := os.Remove(filepath.Join(n.static, filepath.Base(icon)+ending)); err != nil {
			t.Fatal(err)
		}
	}
	served(icon, "image/svg+xml", forever, "gzip")
	for path, status := range map[string]int{icon: 200, "/static/nothing": 404, "/static/": 404} {
		if got := n.do("GET", path, "", nil); got.status != status || !got.application {
			t.Errorf("%s: %+v", path, got)
		}
	}

	a.stop(p, syscall.SIGTERM)
	served(css, "text/css", forever, "gzip")
	for _, path := range []string{icon, "/", "/apiary"} {
		own(t, n.do("GET", path, "", nil), 502, "")
	}
	own(t, n.do("POST", "/api/users", "{}", nil), 502, "unavailable")
}

// own checks an answer that is nginx's own: to a client of the API with a code, and
// else a page.
func own(t *testing.T, got answer, status int, code string) {
	t.Helper()
	again := ""
	if status >= 502 {
		again = "2"
	}
	contentType := "text/html; charset=utf-8"
	if code != "" {
		contentType = errs.ProblemType
	}
	if got.application || got.status != status || got.header.Get("Retry-After") != again || got.header.Get("Content-Type") != contentType || got.header.Get("Cache-Control") != "no-store" {
		t.Errorf("want nginx's own %d as %s, to be asked again after %q: %+v", status, contentType, again, got)
	}
	if code == "" {
		if !strings.Contains(got.body, "– Appname</title>") || !strings.Contains(got.body, `<p class="status">`+strconv.Itoa(status)) {
			t.Errorf("nginx's own page: %+v", got)
		}
		return
	}
	var p errs.Problem
	if err := json.Unmarshal([]byte(got.body), &p); err != nil {
		t.Errorf("nginx's own problem: %v: %s", err, got.body)
	}
	title := map[int]string{413: errs.TooLarge.Title(), 502: http.StatusText(http.StatusBadGateway)}[status]
	want := errs.Problem{Title: title, Status: status, Code: code, Detail: p.Detail, RequestID: p.RequestID}
	if diff := cmp.Diff(want, p); diff != "" || p.Detail == "" || p.RequestID == "" {
		t.Errorf("nginx's own problem (-want +got):\n%s", diff)
	}
}

// A visitor notices nothing of nginx.
func TestVisitorBehindNginx(t *testing.T) {
	t.Parallel()
	a := newApplication(t, "sqlite:nginx.db")
	mails := a.mailing(t)
	p, c := a.serve()
	n := startNginx(t, c.Addr)
	a.must("", "static", n.static)
	newVisitor(t, "http://"+n.addr).live(a, mails)
	if served := p.Log.Lines(`"path":"/static/`); len(served) > 0 {
		t.Errorf("the application has served %q", served)
	}
	a.stop(p, syscall.SIGTERM)
}
