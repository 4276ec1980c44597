package web_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/civil"
	"github.com/terem-go/terem/web"
)

// markup returns what the template "field" makes of a field, without the line breaks.
func markup[T any](t *testing.T, f web.Form[T], name string) string {
	t.Helper()
	v := newViews(t, web.ViewsConfig{}, map[string]string{"form.html": `{{template "field" .Data.Field "` + name + `"}}`})
	_, _, html := render(t, v.Page("form", f), request("GET", "/"))
	return strings.ReplaceAll(strings.ReplaceAll(html, "\n\t", " "), "\n</div>", " </div>")
}

func TestMarkupOfFields(t *testing.T) {
	t.Parallel()
	type fields struct {
		Order
		Name  string `form:"first_name" autocomplete:"given-name"`
		Stock int    `form:"stock"`
		Free  uint   `form:"free"`
	}
	empty := web.Form[fields]{}
	full := web.Form[fields]{Value: fields{Order: Order{
		Email: "ada@example.com", Password: "s3cret", Code: "s3cret", Note: "\n<a>\n", Token: "t\"", Count: 3, Weight: 0.5, Gift: true,
		Day: time.Date(2026, 2, 28, 0, 0, 0, 0, time.UTC), Born: civil.NewDate(1815, 12, 10),
	}}}
	typed := read[fields](t, "first_name=&email=ada%22%3E&password=s3cret&code=s3cret%00&note=+%3C/textarea%3Elong&count=abc&weight=0,5&day=x&gift=on&stock=-1")
	for _, c := range []struct {
		form       web.Form[fields]
		name, want string
	}{
		{empty, "first_name", `<div class="field"> <label for="field-first_name">First name</label> ` +
			`<input type="text" id="field-first_name" name="first_name" value="" autocomplete="given-name" required> </div>`},
		{typed, "first_name", `<div class="field"> <label for="field-first_name">First name</label> ` +
			`<input type="text" id="field-first_name" name="first_name" value="" autocomplete="given-name" required ` +
			`aria-describedby="field-first_name-error" aria-invalid="true"> ` +
			`<p class="error" id="field-first_name-error">Please fill this in.</p> </div>`},
		{full, "email", `<div class="field"> <label for="field-email">E-mail address <span class="optional">(optional)</span></label> ` +
			`<input type="email" id="field-email" name="email" value="ada@example.com" autocomplete="email"> </div>`},
		{typed, "email", `<div class="field"> <label for="field-email">E-mail address <span class="optional">(optional)</span></label> ` +
			`<input type="email" id="field-email" name="email" value="ada&#34;&gt;" autocomplete="email" ` +
			`aria-describedby="field-email-error" aria-invalid="true" autofocus> ` +
			`<p class="error" id="field-email-error">Please enter an e-mail address, such as name@example.com.</p> </div>`},
		{full, "password", `<div class="field"> <label for="field-password">Password <span class="optional">(optional)</span></label> ` +
			`<input type="password" id="field-password" name="password" autocomplete="current-password" aria-describedby="field-password-help"> ` +
			`<p class="help" id="field-password-help">At least 8 characters.</p> </div>`},
		{typed, "password", `<div class="field"> <label for="field-password">Password <span class="optional">(optional)</span></label> ` +
			`<input type="password" id="field-password" name="password" autocomplete="current-password" ` +
			`aria-describedby="field-password-help field-password-error" aria-invalid="true"> ` +
			`<p class="help" id="field-password-help">At least 8 characters.</p> ` +
			`<p class="error" id="field-password-error">Please enter at least 8 characters.</p> </div>`},
		{full, "code", `<div class="field"> <label for="field-code">Code <span class="optional">(optional)</span></label> ` +
			`<input type="text" id="field-code" name="code" value=""> </div>`},
		{typed, "code", `<div class="field"> <label for="field-code">Code <span class="optional">(optional)</span></label> ` +
			`<input type="text" id="field-code" name="code" value="" aria-describedby="field-code-error" aria-invalid="true"> ` +
			`<p class="error" id="field-code-error">Please leave out characters that cannot be shown.</p> </div>`},
		{empty, "phone", `<div class="field"> <label for="field-phone">Phone <span class="optional">(optional)</span></label> ` +
			`<input type="tel" id="field-phone" name="phone" value="" autocomplete="tel"> </div>`},
		{empty, "site", `<div class="field"> <label for="field-site">Site <span class="optional">(optional)</span></label> ` +
			`<input type="url" id="field-site" name="site" value="" autocomplete="url"> </div>`},
		// A browser drops the line break after the tag, and only that one.
		{full, "note", `<div class="field"> <label for="field-note">Note <span class="optional">(optional)</span></label> ` +
			"<textarea id=\"field-note\" name=\"note\" rows=\"5\">\n\n&lt;a&gt;\n</textarea> </div>"},
		{typed, "note", `<div class="field"> <label for="field-note">Note <span class="optional">(optional)</span></label> ` +
			"<textarea id=\"field-note\" name=\"note\" rows=\"5\" aria-describedby=\"field-note-error\" aria-invalid=\"true\">\n&lt;/textarea&gt;long</textarea> " +
			`<p class="error" id="field-note-error">Please enter at most 10 characters.</p> </div>`},
		{full, "token", `<input type="hidden" id="field-token" name="token" value="t&#34;">`},
		{empty, "count", `<div class="field"> <label for="field-count">Count <span class="optional">(optional)</span></label> ` +
			`<input type="text" id="field-count" name="count" value="" inputmode="numeric"> </div>`},
		{full, "count", `<div class="field"> <label for="field-count">Count <span class="optional">(optional)</span></label> ` +
			`<input type="text" id="field-count" name="count" value="3" inputmode="numeric"> </div>`},
		{typed, "count", `<div class="field"> <label for="field-count">Count <span class="optional">(optional)</span></label> ` +
			`<input type="text" id="field-count" name="count" value="abc" inputmode="numeric" aria-describedby="field-count-error" aria-invalid="true"> ` +
			`<p class="error" id="field-count-error">Please enter a whole number.</p> </div>`},
		{full, "stock", `<div class="field"> <label for="field-stock">Stock</label> ` +
			`<input type="text" id="field-stock" name="stock" value="0" required> </div>`},
		{empty, "free", `<div class="field"> <label for="field-free">Free</label> ` +
			`<input type="text" id="field-free" name="free" value="" inputmode="numeric" required> </div>`},
		{full, "weight", `<div class="field"> <label for="field-weight">Weight <span class="optional">(optional)</span></label> ` +
			`<input type="text" id="field-weight" name="weight" value="0.5" inputmode="decimal"> </div>`},
		{full, "day", `<div class="field"> <label for="field-day">Day <span class="optional">(optional)</span></label> ` +
			`<input type="date" id="field-day" name="day" value="2026-02-28"> </div>`},
		{full, "born", `<div class="field"> <label for="field-born">Born <span class="optional">(optional)</span></label> ` +
			`<input type="date" id="field-born" name="born" value="1815-12-10"> </div>`},
		{empty, "born", `<div class="field"> <label for="field-born">Born <span class="optional">(optional)</span></label> ` +
			`<input type="date" id="field-born" name="born" value=""> </div>`},
		{full, "gift", `<div class="field checkbox"> <input type="checkbox" id="field-gift" name="gift" value="on" checked> ` +
			`<label for="field-gift">Gift</label> </div>`},
		{typed, "gift", `<div class="field checkbox"> <input type="checkbox" id="field-gift" name="gift" value="on" checked> ` +
			`<label for="field-gift">Gift</label> </div>`},
		{typed, "terms", `<div class="field checkbox"> <input type="checkbox" id="field-terms" name="terms" value="on" required ` +
			`aria-describedby="field-terms-error" aria-invalid="true"> <label for="field-terms">Terms</label> ` +
			`<p class="error" id="field-terms-error">Please tick this box.</p> </div>`},
	} {
		if diff := cmp.Diff(c.want, markup(t, c.form, c.name)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
	if code, err := empty.Field("code"); err != nil || code.Required || !code.Needed().Required {
		t.Errorf("the field %+v, %v; as one that is needed: %+v", code, err, code.Needed())
	}
}

func TestMarkupOfErrors(t *testing.T) {
	t.Parallel()
	v := newViews(t, web.ViewsConfig{}, map[string]string{"form.html": `{{template "errors" .Data}}`})
	f := read[Order](t, "terms=on")
	if _, _, html := render(t, v.Page("form", f), request("GET", "/")); html != "" {
		t.Errorf("of a valid form: %q", html)
	}
	f.Fail("", "<Closed>")
	f.Fail("email", "beside the field")
	f.Fail("token", "Old.")
	const want = "<div class=\"errors\" role=\"alert\">\n\t<p>&lt;Closed&gt;</p>\n\t<p>Old.</p>\n</div>"
	if _, _, html := render(t, v.Page("form", f), request("GET", "/")); html != want {
		t.Errorf("errors:\n%s\nwant\n%s", html, want)
	}
}
