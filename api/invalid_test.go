package api_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/api/apitest"
	"github.com/terem-go/terem/errs"
)

// secret stands in every hostile request below. No answer and no log may have
// it.
const secret = "hunter2-and-more"

// account is an input with one field of each kind that is read in its own way.
type account struct {
	ID     int64      `path:"id" minimum:"1"`
	Name   string     `path:"name" pattern:"^[a-z]*$"`
	Page   uint       `query:"page"`
	Ratio  float64    `query:"ratio" minimum:"-10"`
	Ratios []float64  `query:"ratios"`
	On     bool       `query:"on"`
	Since  time.Time  `query:"since"`
	Day    time.Time  `query:"day" timeFormat:"2006-01-02"`
	From   netip.Addr `query:"from"`
	Site   url.URL    `query:"site"`
	Tags   []string   `query:"tags"`
	Sort   string     `query:"sort" enum:"up,down"`
	Agent  string     `header:"X-Agent" maxLength:"30"`
	Theme  string     `cookie:"theme" maxLength:"5"`
	Body   accountBody
}

type accountBody struct {
	Password string           `json:"password,omitempty" minLength:"3" maxLength:"20" format:"password"`
	Email    string           `json:"email,omitempty" format:"email"`
	Age      int8             `json:"age,omitempty" maximum:"1000"`
	Big      int64            `json:"big,omitempty"`
	Ratio    float64          `json:"ratio,omitempty"`
	Flag     *bool            `json:"flag,omitempty" default:"true"`
	When     time.Time        `json:"when,omitempty"`
	From     netip.Addr       `json:"from,omitempty"`
	ID       uuid             `json:"id,omitempty"`
	Kind     string           `json:"kind,omitempty" enum:"a,b"`
	Raw      []byte           `json:"raw,omitempty"`
	Inner    *inner           `json:"inner,omitempty"`
	Many     []inner          `json:"many,omitempty"`
	Named    map[string]inner `json:"named,omitempty"`
	Tree     *node            `json:"tree,omitempty"`
}

type inner struct {
	Code string `json:"code" pattern:"^[0-9]+$"`
	Note string `json:"note,omitempty" maxLength:"5"`
}

// uuid is a type whose errors quote what they are given.
type uuid struct{ text string }

func (u *uuid) UnmarshalText(b []byte) error {
	if len(b) != 4 {
		return fmt.Errorf("uuid.Parse: %q is not one", b)
	}
	u.text = string(b)
	return nil
}

const accounts = "/accounts/1/ada"

func accountAPI(t testing.TB, l *logs) *apitest.Client {
	return apitest.New(t, accountHandler(t, l))
}

func accountHandler(t testing.TB, l *logs) http.Handler {
	return handler(t, api.Config{}, l, func(r *api.Router) {
		api.Post(r, "/accounts/{id}/{name}", func(_ context.Context, _ api.None, in *account) (*text, error) {
			return &text{fmt.Sprint(*in.Body.Flag, in.Page)}, nil
		}, api.Public)
		api.Get(r, "/plain", func(context.Context, api.None, *nothing) (*text, error) {
			return nil, fmt.Errorf("cannot reach db.internal as %s", secret)
		}, api.Public)
	})
}

func TestInvalidInput(t *testing.T) {
	t.Parallel()
	deep := func(n int) string {
		return `{"tree":` + strings.Repeat(`{"kids":[`, n) + strings.Repeat(`]}`, n) + `}`
	}
	for name, c := range map[string]struct {
		path   string // after accounts, or a whole one
		body   string
		header [2]string
		status int
		code   string
		fields []errs.Field // nil: not looked at
	}{
		"no body":   {status: 400, code: "body_required"},
		"null body": {body: `null`, status: 422, code: "invalid_input", fields: []errs.Field{{In: "body", Message: "expected object"}}},
		"a list":    {body: `["` + secret + `"]`, status: 422, code: "invalid_input", fields: []errs.Field{{In: "body", Message: "expected object"}}},
		"a text":    {body: `"` + secret + `"`, status: 422, code: "invalid_input"},

		"broken JSON":        {body: `{"password":"` + secret + `",}`, status: 400, code: "invalid_json", fields: []errs.Field{}},
		"cut JSON":           {body: `{"password":"` + secret, status: 400, code: "invalid_json"},
		"two values":         {body: `{} {"password":"` + secret + `"}`, status: 400, code: "invalid_json"},
		"a byte order mark":  {body: "\ufeff{}", status: 400, code: "invalid_json"},
		"a NUL in the JSON":  {body: "{\"password\":\"" + secret + "\x00\"}", status: 400, code: "invalid_json"},
		"not UTF-8":          {body: "{\"password\":\"" + secret + "\xff\"}", status: 400, code: "invalid_json"},
		"an escaped NUL":     {body: `{"email":"` + secret + `\u0000"}`, status: 422, code: "invalid_input", fields: []errs.Field{{In: "body", Message: "expected text without the character U+0000"}}},
		"a NUL in a name":    {body: `{"named":{"\u0000":{"code":"1"}}}`, status: 422, code: "invalid_input", fields: []errs.Field{{In: "body", Message: "expected text without the character U+0000"}}},
		"nested too deeply":  {body: deep(60), status: 422, code: "invalid_input", fields: []errs.Field{{In: "body", Message: "expected fewer levels of arrays and objects"}}},
		"nested very deeply": {body: deep(20_000), status: 400, code: "invalid_json"},

		"one name twice":          {body: `{"inner":{"code":"` + secret + `"},"inner":{"code":"1"}}`, status: 422, code: "invalid_input", fields: []errs.Field{{In: "body", Message: "expected every name once in an object"}}},
		"one name twice, escaped": {body: `{"kind":"` + secret + `","k\u0069nd":"a"}`, status: 422, code: "invalid_input", fields: []errs.Field{{In: "body", Message: "expected every name once in an object"}}},
		"one name twice, deep":    {body: `{"many":[{"code":"1","note":"` + secret + `","note":"x"}]}`, status: 422, code: "invalid_input"},
		"a name in capitals":      {body: `{"KIND":"` + secret + `"}`, status: 422, code: "invalid_input", fields: []errs.Field{{In: "body", Name: "KIND", Message: "unexpected property"}}},
		"an unknown name":         {body: `{"admin":"` + secret + `"}`, status: 422, code: "invalid_input", fields: []errs.Field{{In: "body", Name: "admin", Message: "unexpected property"}}},
		"an unknown name that is long": {body: `{"` + strings.Repeat("x", 5000) + `":"` + secret + `"}`, status: 422, code: "invalid_input",
			fields: []errs.Field{{In: "body", Name: strings.Repeat("x", 120) + "…", Message: "unexpected property"}}},

		"a short password":           {body: `{"password":"h"}`, status: 422, code: "invalid_input", fields: []errs.Field{{In: "body", Name: "password", Message: "expected length >= 3"}}},
		"a long password":            {body: `{"password":"` + secret + secret + `"}`, status: 422, code: "invalid_input", fields: []errs.Field{{In: "body", Name: "password", Message: "expected length <= 20"}}},
		"a password of another type": {body: `{"password":["` + secret + `"]}`, status: 422, code: "invalid_input", fields: []errs.Field{{In: "body", Name: "password", Message: "expected string"}}},
		"no e-mail address":          {body: `{"email":"` + secret + `"}`, status: 422, code: "invalid_input", fields: []errs.Field{{In: "body", Name: "email", Message: "expected string to be RFC 5322 email"}}},
		"two addresses":              {body: `{"email":"a@b.c, ` + secret + `@b.c"}`, status: 422, code: "invalid_input", fields: []errs.Field{{In: "body", Name: "email", Message: "expected string to be RFC 5322 email"}}},
		"not one of":                 {body: `{"kind":"` + secret + `"}`, status: 422, code: "invalid_input", fields: []errs.Field{{In: "body", Name: "kind", Message: `expected value to be one of "a, b"`}}},
		"too big for the type":       {body: `{"age":999}`, status: 422, code: "invalid_input", fields: []errs.Field{{In: "body", Name: "age", Message: "expected a value that fits"}}},
		"too big for int64":          {body: `{"big":9223372036854775808}`, status: 422, code: "invalid_input", fields: []errs.Field{{In: "body", Name: "big", Message: "expected a value that fits"}}},
		"too big for all":            {body: `{"ratio":1e999}`, status: 422, code: "invalid_input", fields: []errs.Field{{In: "body", Message: "expected a value that fits"}}},
		"an integer as 1e3":          {body: `{"big":1e3}`, status: 422, code: "invalid_input", fields: []errs.Field{{In: "body", Name: "big", Message: "expected a value that fits"}}},
		"a fraction":                 {body: `{"big":1.5}`, status: 422, code: "invalid_input", fields: []errs.Field{{In: "body", Name: "big", Message: "expected integer"}}},
		"no time":                    {body: `{"when":"` + secret + `"}`, status: 422, code: "invalid_input", fields: []errs.Field{{In: "body", Name: "when", Message: "expected string to be RFC 3339 date-time"}}},
		"no address":                 {body: `{"from":"` + secret + `"}`, status: 422, code: "invalid_input", fields: []errs.Field{{In: "body", Name: "from", Message: "expected string to be either RFC 2673 ipv4 or RFC 2373 ipv6"}}},
		"a type of its own":          {body: `{"id":"` + secret + `"}`, status: 422, code: "invalid_input", fields: []errs.Field{{In: "body", Message: "expected values that fit"}}},
		"no base64":                  {body: `{"raw":"` + secret + `!"}`, status: 422, code: "invalid_input"},
		"base64 of a wrong length":   {body: `{"raw":"hunter2"}`, status: 422, code: "invalid_input", fields: []errs.Field{{In: "body", Message: "expected values that fit"}}},
		"inside": {body: `{"many":[{"code":"1"},{"code":"` + secret + `","note":1}]}`, status: 422, code: "invalid_input", fields: []errs.Field{
			{In: "body", Name: "many[1].code", Message: "expected string to match pattern ^[0-9]+$"}, {In: "body", Name: "many[1].note", Message: "expected string"}}},
		"missing": {body: `{"inner":{"note":"hunt"}}`, status: 422, code: "invalid_input", fields: []errs.Field{{In: "body", Name: "inner.code", Message: "expected a value, but it is missing"}}},

		"an id that overflows":      {path: "/accounts/9223372036854775808/ada", body: `{}`, status: 422, code: "invalid_input", fields: []errs.Field{{In: "path", Name: "id", Message: "expected integer"}}},
		"an id that is no number":   {path: "/accounts/" + secret + "/ada", body: `{}`, status: 422, code: "invalid_input", fields: []errs.Field{{In: "path", Name: "id", Message: "expected integer"}}},
		"an id of zero":             {path: "/accounts/0/ada", body: `{}`, status: 422, code: "invalid_input", fields: []errs.Field{{In: "path", Name: "id", Message: "expected number >= 1"}}},
		"a NUL in the path":         {path: "/accounts/1/" + secret + "%00", body: `{}`, status: 422, code: "invalid_input"},
		"not UTF-8 in the path":     {path: "/accounts/1/" + secret + "%ff", body: `{}`, status: 422, code: "invalid_input"},
		"an unknown parameter":      {path: "?pass=" + secret, body: `{}`, status: 422, code: "invalid_input", fields: []errs.Field{{In: "query", Name: "pass", Message: "unknown query parameter"}}},
		"an unknown name not UTF-8": {path: "?%ff=" + secret, body: `{}`, status: 422, code: "invalid_input", fields: []errs.Field{{In: "query", Name: "�", Message: "unknown query parameter"}}},
		"a query that is malformed": {path: "?page=%zz" + secret, body: `{}`, status: 400, code: "malformed"},
		"a query with semicolons":   {path: "?page=1;on=true", body: `{}`, status: 400, code: "malformed"},
		"a number below zero":       {path: "?page=-1", body: `{}`, status: 422, code: "invalid_input", fields: []errs.Field{{In: "query", Name: "page", Message: "expected integer"}}},
		"no fraction":               {path: "?ratio=" + secret, body: `{}`, status: 422, code: "invalid_input", fields: []errs.Field{{In: "query", Name: "ratio", Message: "expected number"}}},
		"not a number":              {path: "?ratio=NaN", body: `{}`, status: 422, code: "invalid_input", fields: []errs.Field{{In: "query", Name: "ratio", Message: "expected a finite number"}}},
		"infinite":                  {path: "?ratios=1,%2BInf", body: `{}`, status: 422, code: "invalid_input", fields: []errs.Field{{In: "query", Name: "ratios", Message: "expected a finite number"}}},
		"no fraction in a list":     {path: "?ratios=1," + secret, body: `{}`, status: 422, code: "invalid_input", fields: []errs.Field{{In: "query", Name: "ratios", Message: "expected number"}}},
		"no boolean":                {path: "?on=" + secret, body: `{}`, status: 422, code: "invalid_input", fields: []errs.Field{{In: "query", Name: "on", Message: "expected boolean"}}},
		"no time in the query":      {path: "?since=" + secret, body: `{}`, status: 422, code: "invalid_input", fields: []errs.Field{{In: "query", Name: "since", Message: "expected a time like 2006-01-02T15:04:05.999999999Z07:00"}}},
		"no day in the query":       {path: "?day=2026-02-30", body: `{}`, status: 422, code: "invalid_input", fields: []errs.Field{{In: "query", Name: "day", Message: "expected a time like 2006-01-02"}}},
		"no address in the query":   {path: "?from=" + secret, body: `{}`, status: 422, code: "invalid_input", fields: []errs.Field{{In: "query", Name: "from", Message: "expected another value"}}},
		"no URL in the query":       {path: "?site=" + secret + "%3A%2F%2F%25", body: `{}`, status: 422, code: "invalid_input", fields: []errs.Field{{In: "query", Name: "site", Message: "expected another value"}}},
		"a NUL in the query":        {path: "?tags=a," + secret + "%00", body: `{}`, status: 422, code: "invalid_input", fields: []errs.Field{{In: "query", Name: "tags", Message: "expected UTF-8 text without the character U+0000"}}},
		"not UTF-8 in the query":    {path: "?tags=" + secret + "%ff", body: `{}`, status: 422, code: "invalid_input", fields: []errs.Field{{In: "query", Name: "tags", Message: "expected UTF-8 text without the character U+0000"}}},
		"not one of, in the query":  {path: "?sort=" + secret, body: `{}`, status: 422, code: "invalid_input", fields: []errs.Field{{In: "query", Name: "sort", Message: `expected value to be one of "up, down"`}}},
		"a header not UTF-8":        {header: [2]string{"X-Agent", secret + "\xff"}, body: `{}`, status: 422, code: "invalid_input", fields: []errs.Field{{In: "header", Name: "X-Agent", Message: "expected UTF-8 text without the character U+0000"}}},
		"a long header":             {header: [2]string{"X-Agent", secret + secret}, body: `{}`, status: 422, code: "invalid_input", fields: []errs.Field{{In: "header", Name: "X-Agent", Message: "expected length <= 30"}}},
		"a long cookie":             {header: [2]string{"Cookie", "theme=" + secret}, body: `{}`, status: 422, code: "invalid_input", fields: []errs.Field{{In: "cookie", Name: "theme", Message: "expected length <= 5"}}},

		"a form":           {header: [2]string{"Content-Type", "application/x-www-form-urlencoded"}, body: "password=" + secret, status: 415, code: "media_type_not_accepted"},
		"text":             {header: [2]string{"Content-Type", "text/plain"}, body: `{}`, status: 415, code: "media_type_not_accepted"},
		"no media type":    {header: [2]string{"Content-Type", ""}, body: `{}`, status: 415, code: "media_type_not_accepted"},
		"a broken type":    {header: [2]string{"Content-Type", ";"}, body: `{}`, status: 415, code: "media_type_not_accepted"},
		"text with a plus": {header: [2]string{"Content-Type", "text/plain;+json"}, body: `{}`, status: 415, code: "media_type_not_accepted"},

		"a plain error": {path: "/plain", status: 500, code: "internal"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := new(logs)
			api := accountAPI(t, l)
			method, path := "POST", c.path
			if !strings.HasPrefix(path, "/") {
				path = accounts + path
			}
			if c.path == "/plain" {
				method = "GET"
			}
			if c.header[0] != "" {
				api = api.With(c.header[0], c.header[1])
			}
			var body any
			if c.body != "" {
				body = c.body
			}
			r := api.Do(method, path, body)
			r.ExpectError(c.status, c.code)
			var p errs.Problem
			r.JSON(&p)
			if c.fields != nil {
				if d := cmp.Diff(c.fields, append([]errs.Field{}, p.Errors...)); d != "" {
					t.Errorf("the fields (-want +got):\n%s", d)
				}
			}
			if strings.Contains(r.Body, "hunter2") {
				t.Errorf("the answer has the value: %s", r.Body)
			}
			// The cause of a failure of ours is what the log is for.
			if log := strings.ReplaceAll(l.String(), r.Request[len(method)+1:], ""); c.status != 500 && strings.Contains(logged(t, log), "hunter2") {
				t.Errorf("the log has the value: %s", log)
			}
			if leak := regexp.MustCompile(`json:|Go |int8|int64|uint|time\.|netip|strconv|main\.|api_test|struct|ParseAddr|uuid\.`).FindString(r.Body); leak != "" {
				t.Errorf("the answer has %q of the program: %s", leak, r.Body)
			}
			if len(r.Body) > 1000 || r.Header.Get("Content-Type") != "application/problem+json" || r.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("%d bytes, header %v", len(r.Body), r.Header)
			}
		})
	}
}

// logged returns the log without the members that name the request's own path.
func logged(t *testing.T, log string) string {
	t.Helper()
	var b strings.Builder
	for line := range strings.Lines(log) {
		var record map[string]any
		if err := json.Unmarshal([]byte(line), &record); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		delete(record, "path")
		fmt.Fprintln(&b, record)
	}
	return b.String()
}

// TestValidInput is about what the rules above must let through.
func TestValidInput(t *testing.T) {
	t.Parallel()
	api := accountAPI(t, nil)
	for name, c := range map[string]struct{ query, body, contentType, want string }{
		"nothing":               {"", `{}`, "application/json", "true 0"},
		"an explicit false":     {"", `{"flag":false}`, "application/json", "false 0"},
		"an explicit true":      {"", `{"flag":true}`, "application/json", "true 0"},
		"null where optional":   {"", `{"inner":null,"flag":null}`, "application/json", "true 0"},
		"a charset":             {"", `{}`, "application/json; charset=utf-8", "true 0"},
		"another type of JSON":  {"", `{}`, "application/merge-patch+json", "true 0"},
		"capitals":              {"", `{}`, "Application/JSON", "true 0"},
		"space":                 {"", " \n{ } \n", "application/json", "true 0"},
		"all text":              {"", `{"named":{"a":{"code":"1"},"A":{"code":"2"},"ключ \\ \" : {[":{"code":"3"}}}`, "application/json", "true 0"},
		"nested":                {"", `{"tree":` + strings.Repeat(`{"kids":[`, 49) + strings.Repeat(`]}`, 49) + `}`, "application/json", "true 0"},
		"parameters":            {"?page=7&ratio=1.5&ratios=1,2&on=1&since=2026-01-02T03:04:05Z&day=2026-01-02&from=::1&site=https://a.b/c&tags=a,%D1%8F&sort=up", `{}`, "application/json", "true 7"},
		"types with own parser": {"", `{"id":"abcd","from":"10.0.0.1","raw":"aHVudGVyMg==","when":"2026-01-02T03:04:05Z","age":120,"big":9223372036854775807}`, "application/json", "true 0"},
	} {
		var out text
		api.With("Content-Type", c.contentType).Post(accounts+c.query, c.body).Expect(200).JSON(&out)
		if out.Text != c.want {
			t.Errorf("%s: %q, want %q", name, out.Text, c.want)
		}
	}
}

// TestAnswersAreBounded is about bodies that huma answers with a multiple of
// themselves.
func TestAnswersAreBounded(t *testing.T) {
	t.Parallel()
	api := accountAPI(t, nil)
	junk := func(size int) string {
		var b strings.Builder
		b.WriteString(`{"password":"` + secret + `"`)
		for i := 0; b.Len() < size-20; i++ {
			fmt.Fprintf(&b, `,"k%d":1`, i)
		}
		return b.String() + "}"
	}
	for name, body := range map[string]string{
		"3.5 kB":            junk(3500),
		"1 MiB of names":    junk(1 << 20),
		"1 MiB of one name": `{"` + strings.Repeat("x", 1<<20-20) + `":1}`,
		"100 kB of lists":   `{"many":[` + strings.Repeat(`[],`, 33_000) + `[]]}`,
		"100 kB of objects": `{"many":[` + strings.Repeat(`{},`, 33_000) + `{}]}`,
	} {
		r := api.Post(accounts, body).ExpectError(422, "invalid_input")
		if len(r.Body) > 6000 || strings.Contains(r.Body, secret) {
			t.Errorf("%s: %d bytes: %.200s", name, len(r.Body), r.Body)
		}
		var p errs.Problem
		r.JSON(&p)
		if len(p.Errors) == 0 || len(p.Errors) > 20 {
			t.Errorf("%s: %d fields", name, len(p.Errors))
		}
	}
}

// Nothing of huma's own is in an answer: no $schema, no Link.
func TestOutputIsWhatTheHandlerReturned(t *testing.T) {
	t.Parallel()
	type weird struct {
		HTML string `json:"html"`
		Time time.Time
	}
	r := client(t, api.Config{}, nil, func(r *api.Router) {
		api.Get(r, "/x", func(context.Context, api.None, *nothing) (*weird, error) {
			return &weird{HTML: "<b>&"}, nil
		}, api.Public)
	}).With("Accept", "text/html").Get("/x").Expect(200)
	if want := "{\"html\":\"<b>&\",\"Time\":\"0001-01-01T00:00:00Z\"}\n"; r.Body != want {
		t.Errorf("body %q, want %q", r.Body, want)
	}
	if r.Header.Get("Link") != "" || r.Header.Get("Content-Type") != "application/json" {
		t.Errorf("header %v", r.Header)
	}
}

func TestOutputThatCannotBeEncoded(t *testing.T) {
	t.Parallel()
	l := new(logs)
	api := client(t, api.Config{}, l, func(r *api.Router) {
		api.Get(r, "/func", func(context.Context, api.None, *nothing) (*struct{ F any }, error) {
			return &struct{ F any }{func() {}}, nil
		}, api.Public)
		api.Get(r, "/nil", func(context.Context, api.None, *nothing) (*text, error) { return nil, nil }, api.Public)
		api.Get(r, "/large", func(context.Context, api.None, *nothing) (*text, error) {
			return &text{strings.Repeat("x", 33<<20)}, nil
		}, api.Public)
	})
	for path, why := range map[string]string{
		"/func": "encoding the output of", "/nil": "returned neither an output nor an error", "/large": "return an api.Download to stream more",
	} {
		api.Get(path).ExpectError(500, "internal")
		if !strings.Contains(l.String(), why) {
			t.Errorf("%s: the log has no %q: %s", path, why, l)
		}
	}
}
