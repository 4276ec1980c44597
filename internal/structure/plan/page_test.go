package plan_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/terem-go/terem/internal/browsertest"
	"github.com/terem-go/terem/internal/structure"
	"github.com/terem-go/terem/internal/structure/plan"
	"github.com/terem-go/terem/internal/structure/rules"
)

func page(t testing.TB, app *structure.App, findings []rules.Finding) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := plan.Page(&b, app, findings); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// visitor looks at the page of an application.
type visitor struct {
	t      *testing.T
	ctx    context.Context
	log    *browsertest.Log
	origin string
}

func visit(t *testing.T, app *structure.App, findings []rules.Finding) *visitor {
	t.Helper()
	html := page(t, app, findings)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Write(html)
	}))
	t.Cleanup(server.Close)
	v := &visitor{t: t, origin: server.URL}
	v.ctx, v.log = browsertest.New(t)
	v.do(browsertest.Viewport(1440, 900, false))
	v.open("")
	return v
}

func (v *visitor) do(steps ...chromedp.Action[chromedp.Void]) {
	v.t.Helper()
	browsertest.Do(v.t, v.ctx, steps...)
}

// open opens the page at a view, as a link from elsewhere does.
func (v *visitor) open(view string) {
	v.t.Helper()
	v.do(chromedp.Navigate("about:blank"), chromedp.Navigate(v.origin+"/"+view))
}

// press presses keys, wherever the focus is.
func (v *visitor) press(keys ...string) {
	v.t.Helper()
	for _, k := range keys {
		v.do(chromedp.KeyEvent(k))
	}
}

// is waits until an expression is true in the page.
func (v *visitor) is(expression string) {
	v.t.Helper()
	const wait = `new Promise(done => {
		const end = performance.now() + 10000;
		const look = () => (%[1]s) ? done("") : performance.now() > end ? done(document.body.innerText) : requestAnimationFrame(look);
		look();
	})`
	if text := browsertest.Eval[string](v.t, v.ctx, fmt.Sprintf(wait, expression), chromedp.EvalAwaitPromise); text != "" {
		v.t.Fatalf("%s is not true; the page says:\n%s", expression, text)
	}
}

// reads fails the test if a part of the page does not say something.
func (v *visitor) reads(selector string, texts ...string) {
	v.t.Helper()
	got := strings.Join(strings.Fields(browsertest.Eval[string](v.t, v.ctx, "document.querySelector('"+selector+"')?.innerText ?? 'nothing'")), " ")
	for _, text := range texts {
		if !strings.Contains(got, text) {
			v.t.Errorf("%s does not say %q but: %s", selector, text, got)
		}
	}
}

const title = "document.querySelector('h2').textContent"

func TestRooms(t *testing.T) {
	t.Parallel()
	v := visit(t, shop(), found())
	v.reads("#details", "8 rooms · 11 routes · 3 tables · 1 job · 1 event", "2 found", "the path of a route is no constant")
	v.do(chromedp.Click(chromedp.CSS(`[data-room="orders"]`)))
	v.is(title + " === 'orders'")
	v.reads("#details", "Package orders owns what is ordered.", "router.go 82 lines 2 found", "orders uses a part of users that is not for it",
		"Ask for users.Current instead of users.Router.", "orders/router.go:30 arrows", "Uses 2 users foreign key user_id", "services/checkout import Repository")
	if got := browsertest.Eval[string](t, v.ctx, `document.querySelector('[data-badge="orders"]').textContent.trim()`); got != "2" {
		t.Errorf("the badge of the room says %q", got)
	}
	// The arrows of the room, and of no other, stand out.
	if on := browsertest.Eval[int](t, v.ctx, "document.querySelectorAll('#arrows .on').length"); on != 6 {
		t.Errorf("%d arrows stand out, want 6", on)
	}
	v.do(chromedp.Click(chromedp.CSS(`#details a[href="#table=orders"]`)))
	v.is(title + " === 'table orders'")
	v.reads("#details", "note *string may be null", "user_id int64 → users", "Written by 4 (Repository).delete orders orders/repository.go:15", "POST /orders/{id}/pay", "Read by 3")
	v.press(kb.Escape)
	v.is(title + " === 'The house'")
	v.open("#event=orders.paid")
	v.reads("#details", "Heard by 1 services/notifications receipt", "Published by 1 POST /orders/{id}/pay")
	v.do(chromedp.Click(chromedp.CSS(`#details a[href^="#subscriber="]`)))
	v.is(title + " === 'receipt hears orders.paid'")
	v.reads("#details", "(*Notifications).receipt", "1 of 2")
	v.open("#job=users.welcome")
	v.reads("#details", "users.Welcome", "tasks/welcome.go:12", "Enqueued by 2 POST /orders POST /users")
	v.open("#room=payments")
	v.reads("#details", "The application has no room payments any more, or not yet.")
	v.log.Check(t, v.origin)
}

func TestFollowARequest(t *testing.T) {
	t.Parallel()
	v := visit(t, shop(), nil)
	v.do(chromedp.Click(chromedp.CSS(`[data-room="services/checkout"]`)), chromedp.Click(chromedp.CSS("#details a.route")))
	v.is(title + " === 'POST /orders/{id}/pay'")
	v.reads("#details", "Policy users.Required", "Session opens its own", "1 of 6")
	now := func(number, function, does string) {
		t.Helper()
		v.is("document.querySelector('.number')?.textContent === '" + number + "'")
		v.reads("[aria-current=step]", function, does)
	}
	now("1", "(*Router).pay", "router")
	v.do(chromedp.Click(chromedp.CSS(".turns a:last-child")))
	now("2", "(*Auth).current", "reads users")
	v.press(kb.ArrowRight)
	now("3", "(*Checkout).Pay", "sends orders.paid")
	v.press(kb.ArrowRight, kb.ArrowRight, kb.ArrowRight, kb.ArrowRight)
	now("6", "(Repository).Change", "writes orders")
	if lit := browsertest.Eval[string](t, v.ctx, "[...document.querySelectorAll('#trail .lit.writes')].map(e => e.textContent).join()"); lit != "orders" {
		t.Errorf("the tables that shine as written are %q", lit)
	}
	v.press(kb.ArrowLeft)
	now("5", "(*Order).Pay", "models")
	// The step is a part of the address.
	address := browsertest.Eval[string](t, v.ctx, "location.hash")
	v.open(address)
	now("5", "(*Order).Pay", "models")
	v.log.Check(t, v.origin)
}

func TestSearch(t *testing.T) {
	t.Parallel()
	v := visit(t, city(40), nil)
	hits := func(want string) {
		t.Helper()
		v.is("[...document.querySelectorAll('#hits li')].slice(0, 3).map(e => e.innerText.replace(/\\s+/g, ' ')).join('; ').startsWith('" + want + "')")
	}
	v.do(slash())
	v.press("stock2")
	hits("room stock2; table stock2; file stock2/")
	v.press(kb.ArrowDown)
	v.is("document.querySelector('[aria-selected=true]').innerText.includes('table')")
	v.press(kb.Enter)
	v.is(title + " === 'table stock2'")
	v.do(slash())
	v.press("part7 get carts2")
	hits("Nothing is called so.")
	v.press(kb.Escape, "part7 carts2")
	hits("route PATCH /carts2/{id}/part7")
	v.press(kb.Enter)
	v.is(title + " === 'PATCH /carts2/{id}/part7'")
	v.do(slash())
	v.press("carts2/auth", kb.Enter)
	v.is(title + " === 'carts2' && document.querySelector('[data-file=\"carts2/auth.go\"]').getAttribute('aria-current') === 'true'")
	v.do(slash())
	v.press("x", kb.Escape, kb.Escape)
	v.is("document.activeElement === document.body && document.getElementById('hits').hidden && " + title + " === 'carts2'")
	v.log.Check(t, v.origin)
}

func TestDrawing(t *testing.T) {
	t.Parallel()
	v := visit(t, shop(), nil)
	visible := func(bond string) bool {
		return browsertest.Eval[bool](t, v.ctx, "getComputedStyle(document.querySelector('#arrows ."+bond+"')).display !== 'none'")
	}
	for _, bond := range []string{"import", "interface", "event", "foreign_key"} {
		toggle := chromedp.Click(chromedp.CSS("[data-bond=" + bond + "]"))
		if !visible(bond) {
			t.Errorf("%s is not shown", bond)
		}
		if v.do(toggle); visible(bond) {
			t.Errorf("%s is still shown", bond)
		}
		if v.do(toggle); !visible(bond) {
			t.Errorf("%s is not shown again", bond)
		}
	}

	background := func() string {
		return browsertest.Eval[string](t, v.ctx, "getComputedStyle(document.body).backgroundColor")
	}
	light := background()
	v.do(browsertest.Viewport(1440, 900, true))
	dark := background()
	v.do(chromedp.Click(chromedp.CSS("#theme")))
	if dark == light || background() != light {
		t.Errorf("light is %s, dark is %s, and light by the switch is %s", light, dark, background())
	}
	v.open("") // it is remembered
	if background() != light {
		t.Errorf("the page is %s again, want %s", background(), light)
	}

	whole := browsertest.Eval[float64](t, v.ctx, "document.getElementById('house').viewBox.baseVal.width")
	v.press("+", "+")
	v.is("document.getElementById('house').viewBox.baseVal.width < 1000")
	v.press("0")
	v.is(fmt.Sprintf("Math.abs(document.getElementById('house').viewBox.baseVal.width - %f) < 1", whole))
	v.log.Check(t, v.origin)
}

// The drawing follows the mouse, and a room that is dragged is not opened.
func TestDrag(t *testing.T) {
	t.Parallel()
	v := visit(t, shop(), nil)
	const left, top = `document.querySelector('[data-room="orders"] .frame').getBoundingClientRect().left`, `document.querySelector('[data-room="orders"] .frame').getBoundingClientRect().top`
	x, y := browsertest.Eval[float64](t, v.ctx, left), browsertest.Eval[float64](t, v.ctx, top)
	v.do(drag(x+20, y+20, x+70, y-40))
	v.is(fmt.Sprintf("Math.abs(%s - %f) < 1 && Math.abs(%s - %f) < 1", left, x+50, top, y-60))
	v.reads("h2", "The house")
	v.do(drag(x+70, y-40, x+70, y-40))
	v.is(title + " === 'orders'")
	v.log.Check(t, v.origin)
}

// Only the rooms that are to be seen are furnished, however many there are.
func TestFurnished(t *testing.T) {
	t.Parallel()
	v := visit(t, city(200), nil)
	tiles := func() int { return browsertest.Eval[int](t, v.ctx, "document.querySelectorAll('.tiles').length") }
	if n := tiles(); n != 0 {
		t.Errorf("%d rooms are furnished from afar", n)
	}
	v.do(chromedp.Click(chromedp.CSS(`[data-room="orders"]`)))
	v.is("document.querySelector('[data-in=\"orders\"]')")
	if n := tiles(); n > 20 {
		t.Errorf("%d rooms are furnished from near", n)
	}
	// The way back takes a moment, unless somebody minds.
	v.do(motion())
	v.press(kb.Escape, "0")
	v.is("document.querySelectorAll('.tiles').length === 0 && document.getElementById('house').classList.contains('afar')")
	v.do(chromedp.Click(chromedp.CSS(`#details a[href="#room=stock7"]`)))
	v.is("document.querySelector('[data-in=\"stock7\"]')")
	v.log.Check(t, v.origin)
}

// On paper there is the whole house and no button.
func TestPrint(t *testing.T) {
	t.Parallel()
	v := visit(t, shop(), nil)
	v.do(browsertest.Viewport(500, 700, true)) // it shows a part of the house
	v.open("#room=users")
	browsertest.Eval[any](t, v.ctx, "dispatchEvent(new Event('beforeprint')); null")
	v.do(printed())
	for _, hidden := range []string{"#theme", "#zoom", "#query", ".up"} {
		if browsertest.Eval[bool](t, v.ctx, "document.querySelector('"+hidden+"').checkVisibility()") {
			t.Errorf("%s is printed", hidden)
		}
	}
	const frame = "document.getElementById('house').getBoundingClientRect()"
	if browsertest.Eval[bool](t, v.ctx, "[...document.querySelectorAll('.frame')].some(e => e.getBoundingClientRect().right > "+frame+".right || e.getBoundingClientRect().bottom > "+frame+".bottom)") {
		t.Error("a part of the house is not on the paper")
	}
	if tiles := browsertest.Eval[int](t, v.ctx, "document.querySelectorAll('.tiles').length"); tiles != 8 {
		t.Errorf("%d rooms are furnished, want all", tiles)
	}
	v.reads("#details", "Package users owns the users")
	v.log.Check(t, v.origin)
}
