package web_test

import (
	"errors"
	"fmt"
	"math"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/civil"
	"github.com/terem-go/terem/errs"
	"github.com/terem-go/terem/web"
)

// Address is part of several forms.
type Address struct {
	City string `form:"city,omitempty"`
}

// Order has a field of each sort.
type Order struct {
	Address
	Email    string     `form:"email,omitempty" format:"email" label:"E-mail address"`
	Password string     `form:"password,omitempty" format:"password" minLength:"8" doc:"At least 8 characters."`
	Code     string     `form:"code,omitempty,secret"`
	Phone    string     `form:"phone,omitempty" format:"tel"`
	Site     string     `form:"site,omitempty" format:"uri"`
	Note     string     `form:"note,omitempty" format:"multiline" maxLength:"10"`
	Token    string     `form:"token,omitempty" format:"hidden" maxLength:"3"`
	Count    int        `form:"count,omitempty" minimum:"1" maximum:"20"`
	Change   int8       `form:"change,omitempty"`
	Size     uint16     `form:"size,omitempty"`
	Weight   float64    `form:"weight,omitempty" minimum:"0.5"`
	Day      time.Time  `form:"day,omitempty"`
	Born     civil.Date `form:"born,omitempty"`
	Gift     bool       `form:"gift"`
	Terms    bool       `form:"terms,required"`
	Internal int
	Skipped  []string `form:"-"`
}

const formType = "application/x-www-form-urlencoded"

// read reads a form that can be read.
func read[T any](t testing.TB, body string) web.Form[T] {
	t.Helper()
	var f web.Form[T]
	if err := f.FromRequest(request("POST", "/", "Content-Type: "+formType), []byte(body)); err != nil {
		t.Fatal(err)
	}
	return f
}

// field returns a field that exists.
func field[T any](t testing.TB, f web.Form[T], name string) web.Field {
	t.Helper()
	got, err := f.Field(name)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestFormIsReadIntoItsValue(t *testing.T) {
	t.Parallel()
	f := read[Order](t, "city=+Тверь+&email=ada%40example.com&password=+pass+word+&code=123&phone=%2B7+900&site=https://a.example/b&note=%0D%0Aa%0D%0Ab%0A"+
		"&count=3&change=-4&size=65535&weight=1.5&day=2026-02-28&born=1815-12-10&gift=on&terms=true&Internal=5&internal=5&unknown=x")
	want := Order{
		Address: Address{"Тверь"}, Email: "ada@example.com", Password: " pass word ", Code: "123", Phone: "+7 900", Site: "https://a.example/b", Note: "a\nb",
		Count: 3, Change: -4, Size: 65535, Weight: 1.5, Day: time.Date(2026, 2, 28, 0, 0, 0, 0, time.UTC), Born: civil.NewDate(1815, 12, 10), Gift: true, Terms: true,
	}
	if diff := cmp.Diff(want, f.Value); diff != "" || !f.Valid() {
		t.Errorf("valid: %t; value (-want +got):\n%s", f.Valid(), diff)
	}
	if f = read[Order](t, "terms=1"); !f.Valid() || cmp.Diff(Order{Terms: true}, f.Value) != "" {
		t.Errorf("with nothing but what must be there: valid: %t, %+v", f.Valid(), f.Value)
	}
}

func TestWhatIsWrongIsSaidBesideTheField(t *testing.T) {
	t.Parallel()
	const characters = "Please leave out characters that cannot be shown."
	for _, c := range []struct{ body, field, want string }{
		{"", "terms", "Please tick this box."},
		{"terms=off", "terms", "Please tick this box."},
		{"gift=maybe", "gift", "Please tick this box or leave it empty."},
		{"email=ada", "email", "Please enter an e-mail address, such as name@example.com."},
		{"email=Ada+%3Cada@example.com%3E", "email", "Please enter an e-mail address, such as name@example.com."},
		{"email=" + strings.Repeat("a", 250) + "@a.example", "email", "Please enter an e-mail address, such as name@example.com."},
		{"site=javascript:alert(1)", "site", "Please enter an address that begins with https:// or http://."},
		{"site=https:///path", "site", "Please enter an address that begins with https:// or http://."},
		{"password=%D1%8F%D1%8F%D1%8F%D1%8F", "password", "Please enter at least 8 characters."},
		{"note=12345678901", "note", "Please enter at most 10 characters."},
		{"note=" + strings.Repeat("%F0%9F%8F%A0", 10), "note", ""}, // ten houses
		{"count=three", "count", "Please enter a whole number."},
		{"count=1.5", "count", "Please enter a whole number."},
		{"count=0", "count", "Please enter 1 or more."},
		{"count=21", "count", "Please enter 20 or less."},
		{"change=128", "change", "This number is too far from zero."},
		{"change=-129", "change", "This number is too far from zero."},
		{"size=-1", "size", "Please enter a whole number."},
		{"size=65536", "size", "This number is too far from zero."},
		{"weight=0.4", "weight", "Please enter 0.5 or more."},
		{"weight=NaN", "weight", "Please enter a number."},
		{"weight=Inf", "weight", "Please enter a number."},
		{"weight=1e999", "weight", "This number is too far from zero."},
		{"day=2026-02-29", "day", "Please enter a date, such as 2006-01-31."},
		{"born=2026-02-29", "born", "Please enter a date, such as 2006-01-31."},
		{"born=0000-01-01", "born", "Please enter a date, such as 2006-01-31."},
		{"day=28.02.2026", "day", "Please enter a date, such as 2006-01-31."},
		{"city=a&city=b", "city", "This was sent more than once."},
		{"city=a%00b", "city", characters},
		{"city=%ff", "city", characters},
		{"city=a%0Ab", "city", characters},
		{"city=a%1Bb", "city", characters},
		{"note=a%00b", "note", characters},
		{"note=a%0A%09b", "note", ""},
		{"password=12345678%00", "password", characters},
		{"password=12345678%ff", "password", characters},
		{"password=12345678%09", "password", ""},
		{"gift=%00", "gift", characters},
		{"day=%00", "day", characters},
	} {
		f := read[Order](t, c.body)
		if got := field(t, f, c.field).Error; got != c.want {
			t.Errorf("%s: %q beside %s, want %q", c.body, got, c.field, c.want)
		}
		if f.Valid() {
			t.Errorf("%s: the form is valid", c.body) // terms is missing, if nothing else
		}
	}
	if f := read[NameForm](t, "name=+%0D%0A+"); f.Valid() || field(t, f, "name").Error != "Please fill this in." {
		t.Error("nothing but space passes for a name")
	}
}

func TestFormsThatCannotBeRead(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		mediaType, body string
		want            errs.Kind
	}{
		"multipart":       {"multipart/form-data; boundary=x", "--x--", errs.UnsupportedMedia},
		"JSON":            {"application/json", "{}", errs.UnsupportedMedia},
		"no type":         {"", "", errs.UnsupportedMedia},
		"broken type":     {formType + ";;", "", errs.UnsupportedMedia},
		"escape":          {formType, "name=%zz", errs.Malformed},
		"semicolon":       {formType, "name=a;b", errs.Malformed},
		"too many fields": {formType, strings.Repeat("a&", 1000), errs.TooLarge},
	} {
		f := web.Form[NameForm]{Value: NameForm{"kept"}}
		err := f.FromRequest(request("POST", "/", "Content-Type: "+c.mediaType), []byte(c.body))
		if !errs.HasKind(err, c.want) || f.Value.Name != "kept" {
			t.Errorf("%s: %v, want an error of kind %s; value %q", name, err, c.want, f.Value.Name)
		}
	}
	var f web.Form[NameForm]
	err := f.FromRequest(request("POST", "/", "Content-Type: Application/X-WWW-Form-URLencoded; charset=UTF-8"), []byte("name=Ada"+strings.Repeat("&a", 999)))
	if err != nil || f.Value.Name != "Ada" {
		t.Errorf("a form of 1,000 fields: %v, %+v", err, f.Value)
	}
}

func TestFailAndCheck(t *testing.T) {
	t.Parallel()
	var f web.Form[Order]
	if !f.Valid() || f.Errors() != nil {
		t.Fatalf("an empty form is not valid: %q", f.Errors())
	}
	f.Fail("email", "This address is already registered.")
	if got := field(t, f, "email").Error; f.Valid() || got != "This address is already registered." {
		t.Errorf("after Fail: valid: %t, beside the field %q", f.Valid(), got)
	}

	f = read[Order](t, "terms=on&token=long")
	f.Fail("", "The shop is closed.")
	f.Fail("emial", "A name that no field has is not lost.")
	want := []string{"The shop is closed.", "A name that no field has is not lost.", "Please enter at most 3 characters."}
	if diff := cmp.Diff(want, f.Errors()); diff != "" || f.Valid() {
		t.Errorf("messages of the form (-want +got):\n%s", diff)
	}

	declared := errs.New(errs.Conflict, "taken", "…")
	in := func(in, name string) errs.Field { return errs.Field{In: in, Name: name, Message: "wrong " + name} }
	for name, c := range map[string]struct {
		err  error
		want bool
	}{
		"fields":      {fmt.Errorf("x: %w", declared.With(in("body", "email"), in("body", "city"))), true},
		"no fields":   {declared, false},
		"other field": {declared.With(in("body", "email"), in("body", "street")), false},
		"elsewhere":   {declared.With(in("path", "email")), false},
		"another":     {errors.New("x"), false},
		"nil":         {nil, false},
	} {
		f := read[Order](t, "terms=on")
		if got := f.Check(c.err); got != c.want || f.Valid() == c.want {
			t.Errorf("%s: Check = %t, valid afterwards: %t", name, got, f.Valid())
		}
		if c.want && (field(t, f, "email").Error != "wrong email" || field(t, f, "city").Error != "wrong city") {
			t.Errorf("%s: the messages are not beside the fields", name)
		}
	}
}

// The message of an error about one field is a sentence for people.
func TestCheckOfOneField(t *testing.T) {
	t.Parallel()
	var f web.Form[Order]
	taken := errs.New(errs.Conflict, "taken", "This address is already registered.").With(errs.Field{In: "body", Name: "email", Message: "expected another"})
	if got := field(t, f, "email").Error; !f.Check(taken) || field(t, f, "email").Error != "This address is already registered." {
		t.Errorf("beside the field stood %q, and stands %q", got, field(t, f, "email").Error)
	}
}

func TestFormTypesThatAreRefused(t *testing.T) {
	t.Parallel()
	type pointer struct{ *Address }
	type hidden struct {
		//lint:ignore U1000 only its tag is looked at
		name string `form:"name"`
	}
	for name, c := range map[string]struct {
		err  error
		want []string
	}{
		"no struct": {web.Form[string]{}.Verify(), []string{"string", "want a struct"}},
		"no tags":   {web.Form[struct{ Name string }]{}.Verify(), []string{`form:"email"`}},
		"type": {web.Form[struct {
			A []string `form:"a"`
		}]{}.Verify(), []string{"the field A", "[]string"}},
		"name": {web.Form[struct {
			A string `form:"a b"`
		}]{}.Verify(), []string{"the field A", `"a b"`}},
		"empty name": {web.Form[struct {
			A string `form:",omitempty"`
		}]{}.Verify(), []string{"the field A", `""`}},
		"twice": {web.Form[struct {
			A, B string `form:"a"`
		}]{}.Verify(), []string{"the field B", `"a"`}},
		"option": {web.Form[struct {
			A string `form:"a,optional"`
		}]{}.Verify(), []string{`"optional"`}},
		"required": {web.Form[struct {
			A string `form:"a,required"`
		}]{}.Verify(), []string{`"required"`, "string"}},
		"bool": {web.Form[struct {
			A bool `form:"a,omitempty"`
		}]{}.Verify(), []string{`"omitempty"`, "bool"}},
		"format": {web.Form[struct {
			A string `form:"a" format:"colour"`
		}]{}.Verify(), []string{`"colour"`, "multiline"}},
		"other format": {web.Form[struct {
			A int `form:"a" format:"email"`
		}]{}.Verify(), []string{`"email"`, "int"}},
		"maxLength": {web.Form[struct {
			A string `form:"a" maxLength:"many"`
		}]{}.Verify(), []string{"maxLength", `"many"`}},
		"minLength": {web.Form[struct {
			A int `form:"a" minLength:"1"`
		}]{}.Verify(), []string{"minLength"}},
		"minimum": {web.Form[struct {
			A string `form:"a" minimum:"1"`
		}]{}.Verify(), []string{"minimum"}},
		"maximum": {web.Form[struct {
			A int `form:"a" maximum:"x"`
		}]{}.Verify(), []string{"maximum", `"x"`}},
		"pointer":      {web.Form[pointer]{}.Verify(), []string{"the field City", "pointer"}},
		"not exported": {web.Form[hidden]{}.Verify(), []string{"the field name", "not exported"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wantError(t, c.err, append(c.want, "web: a form of ")...)
		})
	}
	if err := (web.Form[Order]{}).Verify(); err != nil {
		t.Errorf("a form with all sorts of fields: %v", err)
	}
	var bad web.Form[struct {
		A []string `form:"a"`
	}]
	wantError(t, bad.FromRequest(request("POST", "/", "Content-Type: "+formType), nil), "[]string")
	_, err := bad.Field("a")
	wantError(t, err, "[]string")
	_, err = web.Form[NameForm]{}.Field("nmae")
	wantError(t, err, "NameForm", `"nmae"`)
}

// Whatever is sent, a form is read or refused as the client's fault, and shows again what was typed as text.
func FuzzForm(f *testing.F) {
	for _, body := range []string{
		"", "terms=on", "city=a&city=b", "email=a%40b&count=5&day=2026-01-01", "city=%00&note=%ff", "count=9223372036854775808&weight=1e309",
		"change=-128&size=0x10&weight=0x1p-2", "a=%zz", "a;b", "&&&=&==&", strings.Repeat("&", 1001), "note=%0D%0A%0D", "gift=on&gift=on",
		url.Values{"city": {`"><script>`}}.Encode(),
	} {
		f.Add([]byte(body))
	}
	names := []string{"city", "email", "password", "code", "phone", "site", "note", "token", "count", "change", "size", "weight", "day", "gift", "terms"}
	page := `{{template "errors" .Data}}`
	for _, name := range names {
		page += fmt.Sprintf("{{template \"field\" .Data.Field %q}}\n", name)
	}
	v := newViews(f, web.ViewsConfig{}, map[string]string{"form.html": page})
	f.Fuzz(func(t *testing.T, body []byte) {
		var form web.Form[Order]
		err := form.FromRequest(request("POST", "/", "Content-Type: "+formType), body)
		if err != nil {
			if status := errs.From(err).Kind.Status(); status >= 500 {
				t.Errorf("%q is answered with %d: %v", body, status, err)
			}
			return
		}
		_, _, html := render(t, v.Page("form", form), request("POST", "/"))
		if strings.Contains(html, "<script") || strings.Count(html, "<") != strings.Count(html, ">") {
			t.Errorf("%q changes the page:\n%s", body, html)
		}
		if !form.Valid() {
			return
		}
		o := form.Value
		if !o.Terms || o.Count != 0 && (o.Count < 1 || o.Count > 20) || math.IsNaN(o.Weight) || len(o.Note) > 40 || strings.ContainsAny(o.City+o.Email, "\x00\n") {
			t.Errorf("%q is valid: %+v", body, o)
		}
	})
}
