package mail_test

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/terem-go/terem/internal/browsertest"
	"github.com/terem-go/terem/mail"
)

// visit opens a page of the mailbox in a browser and returns the origin.
func visit(t *testing.T, ctx context.Context, server *httptest.Server, path string) (origin string) {
	t.Helper()
	origin = strings.Replace(server.URL, "127.0.0.1", "shop.test", 1)
	if err := chromedp.Do(ctx, chromedp.Navigate(origin+path)); err != nil {
		t.Fatal(err)
	}
	return origin
}

// tracker is a server that a message must not reach. It takes down who connected and what was asked for.
type tracker struct {
	mu       sync.Mutex
	contacts []string
}

func (k *tracker) add(contact string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.contacts = append(k.contacts, contact)
}

func (k *tracker) seen() []string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.contacts
}

func track(t *testing.T) (k *tracker, origin string) {
	t.Helper()
	k = new(tracker)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { k.add(r.URL.Path) }))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			k.add("connection")
		}
	}
	server.Start()
	t.Cleanup(server.Close)
	return k, strings.Replace(server.URL, "127.0.0.1", "tracker.test", 1)
}

// evilHTML tries to load from and send to T whatever HTML can.
const evilHTML = `<!doctype html><html><head>
<base href="T/base/">
<meta http-equiv="refresh" content="0;url=T/refresh">
<link rel="preconnect" href="T/">
<link rel="dns-prefetch" href="T/">
<link rel="prefetch" href="T/prefetch">
<link rel="preload" as="image" href="T/preload">
<link rel="modulepreload" href="T/modulepreload">
<link rel="prerender" href="T/prerender">
<link rel="icon" href="T/icon">
<link rel="manifest" href="T/manifest">
<link rel="stylesheet" href="T/sheet">
<style>@import "T/import"; @font-face { font-family: f; src: url(T/font) } body { font-family: f; background: url(T/background) } .yes { color: rgb(1, 2, 3) }</style>
<script src="T/script"></script>
<script>document.title = "ran"; location = "T/location"; try { top.location = "T/top" } catch (e) {}</script>
<script type="speculationrules">{"prefetch": [{"urls": ["T/speculation"]}]}</script>
</head><body onload="location='T/onload'">
<p class="yes">Hello <a id="link" href="T/clicked">link</a></p>
<img src="T/img" srcset="T/srcset 2x" onerror="document.title='ran'">
<picture><source srcset="T/source"><img src="T/picture"></picture>
<div style="background-image: url(T/style)">x</div>
<svg><image href="T/svgimage"/><use href="T/use#x"/></svg>
<svg onload="document.title='ran'"></svg>
<iframe src="T/iframe"></iframe><iframe srcdoc="<script>parent.document.title='ran'</script><img src=T/srcdoc>"></iframe>
<object data="T/object"></object><embed src="T/embed">
<video src="T/video" poster="T/poster" autoplay></video><audio src="T/audio" autoplay></audio>
<form action="T/form" id="f"><input name="a" autofocus onfocus="document.getElementById('f').submit()"><button>send</button></form>
<input type="image" src="T/inputimage">
<table background="T/table"><tr><td>x</td></tr></table>
</body></html>`

// Whether in its frame or on its own, a message runs no script and reaches nobody.
func TestHostileMessageInABrowser(t *testing.T) {
	t.Parallel()
	ctx, log := browsertest.New(t)
	tracker, elsewhere := track(t)
	box, m := mailbox(t), welcome()
	m.Subject, m.HTML = "</title><script>document.title='ran'</script>", strings.ReplaceAll(evilHTML, "T/", elsewhere+"/")
	send(t, box, m)
	server := serve(t, box)

	origin := visit(t, ctx, server, "/dev/mail/1")
	log.Check(t, origin)
	if got, want := browsertest.Eval[string](t, ctx, "document.title"), m.Subject+" – Mailbox"; got != want {
		t.Errorf("the title is %q, want %q", got, want)
	}
	visit(t, ctx, server, "/dev/mail/1/frame")
	if got := browsertest.Eval[string](t, ctx, "document.title"); got != "" {
		t.Errorf("the message made its title %q", got)
	}
	if got, want := browsertest.Eval[string](t, ctx, "getComputedStyle(document.querySelector('.yes')).color"), "rgb(1, 2, 3)"; got != want {
		t.Errorf("the colour of its text is %q, want its own, %q", got, want)
	}
	if got := tracker.seen(); len(got) > 0 {
		t.Errorf("the message reached %q", got)
	}
	if err := chromedp.Do(ctx, chromedp.Navigate(elsewhere+"/visit")); err != nil || !slices.Contains(tracker.seen(), "/visit") {
		t.Fatalf("the tracker does not see a visit: %v", err)
	}
}

func TestLinkInAMessageOpensInAnotherTab(t *testing.T) {
	t.Parallel()
	ctx, log := browsertest.New(t)
	tracker, elsewhere := track(t)
	box, m := mailbox(t), welcome()
	m.HTML = `<a href="` + elsewhere + `/confirm" style="display: block; height: 300px">Confirm</a>`
	send(t, box, m)
	origin := visit(t, ctx, serve(t, box), "/dev/mail/1")
	frame := browsertest.Eval[[]float64](t, ctx, "(r => [r.x + 50, r.y + 50])(document.querySelector('iframe').getBoundingClientRect())")
	// A click before the frame is painted hits nothing, and nothing says when it is.
	for late := time.Now().Add(20 * time.Second); !slices.Contains(tracker.seen(), "/confirm"); time.Sleep(200 * time.Millisecond) {
		if err := chromedp.Do(ctx, chromedp.MouseClickXY(frame[0], frame[1])); err != nil || time.Now().After(late) {
			t.Fatalf("the link was not opened: %q %v", tracker.seen(), err)
		}
	}
	if got, want := browsertest.Eval[string](t, ctx, "location.href"), origin+"/dev/mail/1"; got != want {
		t.Errorf("the mailbox is now at %s, want %s", got, want)
	}
	log.Check(t, origin)
}

func TestMailboxInABrowser(t *testing.T) {
	t.Parallel()
	empty, box := serve(t, mailbox(t)), mailbox(t)
	for range 3 {
		send(t, box, welcome())
	}
	m := mail.Message{
		To:      []mail.Address{{Name: "Анна Ёлкина", Address: "anna@example.com"}, {Address: strings.Repeat("long.", 12) + "b@example.com"}},
		ReplyTo: []mail.Address{{Address: "help@example.com"}},
		Subject: "Your order 4711 is on its way, " + strings.Repeat("and", 30) + " more",
		Text:    "Hello Anna,\n\nfollow your order: https://shop.example/orders/4711?token=" + strings.Repeat("x", 200) + "\n\nYours,\nthe shop\n",
		HTML:    "<h1>Hello Anna,</h1><p>your order is on its way.</p><p><img src='data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7'></p>",
	}
	send(t, box, m)
	full := serve(t, box)

	ctx, log := browsertest.New(t)
	for _, page := range []struct {
		server *httptest.Server
		path   string
	}{
		{empty, "/dev/mail"}, {full, "/dev/mail"}, {full, "/dev/mail/4"}, {full, "/dev/mail/4/text"},
		{full, "/dev/mail/4/source"},
	} {
		visit(t, ctx, page.server, page.path)
		for _, width := range []int64{390, 1280} {
			for _, dark := range []bool{false, true} {
				if err := chromedp.Do(ctx, browsertest.Viewport(width, 800, dark)); err != nil {
					t.Fatal(err)
				}
				if got := browsertest.Eval[int64](t, ctx, "document.documentElement.scrollWidth"); got > width {
					t.Errorf("%s: the page is %d pixels wide on a screen of %d", page.path, got, width)
				}
				if got := browsertest.Eval[string](t, ctx, "getComputedStyle(document.body).backgroundColor"); (got == "rgb(18, 22, 20)") != dark {
					t.Errorf("%s: the background is %s, dark: %t", page.path, got, dark)
				}
			}
		}
	}
	if got := log.Errors(); len(got) > 0 {
		t.Errorf("the console shows %q", got)
	}
}
