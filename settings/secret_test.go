package settings_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/settings"
)

const password = "correct-horse"

// printed returns what every usual way of printing makes of v.
func printed(t *testing.T, v any) string {
	t.Helper()
	var out bytes.Buffer
	for _, verb := range "vsqxXdcUtbefgGpoTw" {
		for _, flags := range []string{"", "+", "#", "-20", " ", "020"} {
			fmt.Fprintf(&out, "%"+flags+string(verb)+"\n", v)
		}
	}
	fmt.Fprintln(&out, v, &v, []any{v}, map[string]any{"k": v})
	_ = json.NewEncoder(&out).Encode(v)
	_ = xml.NewEncoder(&out).Encode(v)
	options := &slog.HandlerOptions{Level: slog.LevelDebug}
	slog.New(slog.NewTextHandler(&out, options)).Info("m", "v", v)
	slog.New(slog.NewJSONHandler(&out, options)).Info("m", slog.Group("g", "v", v))
	return out.String()
}

// nested holds secrets where no method of theirs can be called.
type nested struct {
	Open   settings.Secret
	closed settings.Secret
	list   []settings.Secret
	byName map[string]settings.URL
	any    any
	url    settings.URL
}

func TestSecretIsNotPrinted(t *testing.T) {
	t.Parallel()
	secret := settings.NewSecret(password)
	address := settings.NewURL("postgres://shop:" + password + "@db/shop")
	for _, v := range []any{
		secret, &secret, []settings.Secret{secret}, map[string]settings.Secret{"k": secret},
		address, &address, errors.Join(fmt.Errorf("with %v and %q", secret, address)),
		nested{secret, secret, []settings.Secret{secret}, map[string]settings.URL{"k": address}, secret, address},
		&nested{Open: secret, closed: secret, any: &secret, url: address},
	} {
		got := printed(t, v)
		hexadecimal := fmt.Sprintf("%x", password)
		if strings.Contains(got, password) || strings.Contains(strings.ToLower(got), hexadecimal) {
			t.Errorf("%T shows the secret:\n%s", v, got)
		}
	}
}

func TestSecret(t *testing.T) {
	t.Parallel()
	secret := settings.NewSecret("пароль")
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		if got := fmt.Sprintf(verb, secret); got != "***" {
			t.Errorf("%s prints %q, want ***", verb, got)
		}
		if got := fmt.Sprintf(verb, settings.Secret{}); got != "" {
			t.Errorf("%s prints %q for the zero value, want nothing", verb, got)
		}
	}
	if got := secret.String() + secret.GoString() + secret.LogValue().String(); got != "*********" {
		t.Errorf("String, GoString and LogValue return %s", got)
	}
	if secret.Reveal() != "пароль" || secret.Len() != 6 {
		t.Errorf("got %q of length %d", secret.Reveal(), secret.Len())
	}
	if !secret.Equal(settings.NewSecret("пароль")) || secret.Equal(settings.NewSecret("пароля")) {
		t.Error("Equal does not compare the texts")
	}
	if zero := (settings.Secret{}); zero.Reveal() != "" || zero.Len() != 0 || !zero.Equal(settings.NewSecret("")) {
		t.Error("the zero value is not empty")
	}

	type body struct {
		Key, None settings.Secret
		Address   settings.URL
	}
	var got body
	if err := json.Unmarshal([]byte(`{"Key":"k","Address":"redis://u:p@h"}`), &got); err != nil {
		t.Fatal(err)
	}
	want := body{Key: settings.NewSecret("k"), Address: settings.NewURL("redis://u:p@h")}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	encoded, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"Key":"***","None":"","Address":"redis://u:***@h"}`; string(encoded) != want {
		t.Errorf("JSON is %s, want %s", encoded, want)
	}
}

func TestURL(t *testing.T) {
	t.Parallel()
	tests := []struct{ text, want string }{
		{"", ""},
		{"sqlite:shop.db", "sqlite:shop.db"},
		{"sqlite:/data/a@b/c:d@e.db?_pragma=busy_timeout(5000)", "sqlite:/data/a@b/c:d@e.db?_pragma=busy_timeout(5000)"},
		{"file:shop.db?_key=hunter2&mode=ro", "file:shop.db?_key=***&mode=ro"},
		{"postgres://db/shop?sslmode=disable", "postgres://db/shop?sslmode=disable"},
		{"postgres://shop@db:5432/shop", "postgres://shop@db:5432/shop"},
		{"postgres://shop:@db/shop", "postgres://shop:@db/shop"},
		{"postgres://:p@db/shop", "postgres://:***@db/shop"},
		{"postgres://shop:p@a:1,b:2/shop", "postgres://shop:***@a:1,b:2/shop"},
		{"postgres://shop:p@s:s/w@o#r?d@db/shop", "postgres://shop:***@db/shop"},
		{"postgres://db/shop?user=u&password=p&sslmode=x", "postgres://db/shop?user=u&password=***&sslmode=x"},
		{"postgres://db/shop?password=&x=1", "postgres://db/shop?password=&x=1"},
		{"postgres://db/shop?PassWord=a&b#c d", "postgres://db/shop?PassWord=***"},
		{"postgres://db/shop?p%61ssword=a&x=1", "postgres://db/shop?p%61ssword=***&x=1"},
		{"postgres://u:p@db/shop?password=x@y&a=b", "postgres://u:***&a=b"},
		{"postgres://u:p?password=1@db/shop", "postgres://u:***"},
		{"jdbc:postgresql://db/shop?user=u&password=p", "jdbc:postgresql://db/shop?user=u&password=***"},
		{"u:p@tcp(db:3306)/shop?charset=utf8", "u:***@tcp(db:3306)/shop?charset=utf8"},
		{"u:p://w@db", "u:***@db"},
		{"https://ghp_abc@example.com/x", "https://***@example.com/x"},
		{"https://example.com/?access_token=t&X-Amz-Signature=s&q=1", "https://example.com/?access_token=***&X-Amz-Signature=***&q=1"},
		{"nats://u:p@a,nats://u:q@b", "nats://u:***@b"},
		{" postgres://u:p@db", " postgres:***@db"},
		{"noreply@example.com", "noreply@example.com"},
		{"host=db password=p dbname=shop", "host=db password=*** dbname=shop"},
		{"host=db password = 'p q=r' dbname=shop", "host=db password = *** dbname=shop"},
		{`password='it\'s p=q' host=db`, "password=*** host=db"},
		{"password='it''s p=q' host=db", "password=*** host=db"},
		{"password='p q=r", "password=***"},
		{"password='p'q r host=db", "password=*** host=db"},
		{`password=p\ q=r host=db`, "password=*** host=db"},
		{"password=p&q=r;s=t host=db", "password=*** host=db"},
		{"password= host=db", "password= ***"}, // libpq takes what comes next
		{"password=", "password="},
		{"Server=db;Password=p;Database=d", "Server=db;Password=***"},
		{"dsn=postgres://u:p@db", "dsn=postgres://u:***@db"},
		{"host=db options='-c a:b@c'", "host=db options='-c a:b@c'"},
	}
	for _, test := range tests {
		u := settings.NewURL(test.text)
		if u.String() != test.want || u.GoString() != test.want || u.LogValue().String() != test.want {
			t.Errorf("%q\nprints %q\nwant   %q", test.text, u, test.want)
		}
		if u.Reveal() != test.text {
			t.Errorf("%q reveals %q", test.text, u.Reveal())
		}
	}
	u := settings.NewURL("redis://u:p@h")
	if got := fmt.Sprintf("%v|%q|%18s", u, u, u); got != `redis://u:***@h|"redis://u:***@h"|   redis://u:***@h` {
		t.Errorf("formatted as %s", got)
	}
	if !u.Equal(settings.NewURL("redis://u:p@h")) || u.Equal(settings.NewURL("redis://u:q@h")) {
		t.Error("Equal does not compare the texts")
	}
}

// touchy refuses everything, and says what it refuses.
type touchy struct{}

func (touchy) UnmarshalText(text []byte) error {
	return fmt.Errorf("touchy: no\nway: %s", text)
}

// loud is a configuration that fails in every way with a secret in every place.
type loud struct {
	Key     settings.Secret   `env:"SECRET_KEY"`
	Keys    []settings.Secret `env:"KEYS"`
	URL     settings.URL      `env:"DATABASE_URL"`
	Touchy  touchy            `env:"TOUCHY"`
	Plain   touchy            `env:"PLAIN"`
	Replica url.URL           `env:"REPLICA"`
	Port    int               `env:"PORT_NUMBER"`
}

func (c *loud) Check(p *settings.Problems) {
	p.Add("SECRET_KEY", fmt.Sprintf("expected better than %v or %#v", c.Key, c))
	p.Add("DATABASE_URL", fmt.Sprintf("expected better than %q", c.URL))
}

func TestErrorsHoldNoSecrets(t *testing.T) {
	t.Parallel()
	var cfg loud
	report, err := settings.Load(&cfg, settings.Options{
		Dotenv: dotenv(t, "KEYS=\""+password+",,"+password+"\"\nDATABASE_URL='postgres://u:"+password+"@db:x/'\n"+
			"SECRETKEY="+password+"\n"),
		Environ: []string{
			"SECRET_KEY=" + password,
			"TOUCHY=host=db password=" + password,
			"PLAIN=plain",
			"REPLICA=postgres://u:" + password + "@db:x/",
			"PORT_NUMBER=amqp://u:" + password + "@mq",
		},
	})
	want := []string{
		`KEYS (app.env:1): expected no empty item between the separators ","; found ***`,
		`TOUCHY (environment): expected a settings_test.touchy; found "host=db password=***"`,
		`PLAIN (environment): touchy: no way: plain; found "plain"`,
		`REPLICA (environment): expected a URL; found "postgres://u:***@db:x/"`,
		`PORT_NUMBER (environment): expected a whole number from -2147483648 to 2147483647; found "amqp://u:***@mq"`,
		`SECRETKEY (app.env:3): not a setting; did you mean SECRET_KEY? If both are meant, set SECRET_KEY too`,
	}
	got := lines(t, err)
	if len(got) != len(want)+2 { // and Check's two
		t.Fatalf("got %d problems:\n%v", len(got), err)
	}
	if diff := cmp.Diff(want, got[:len(want)]); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if text := printed(t, err) + printed(t, report) + printed(t, cfg); strings.Contains(text, password) {
		t.Errorf("the secret is shown:\n%s", text)
	}
}

// FuzzURL puts a password where it belongs in a URL, in parameters and in pairs: printing hides it and
// nothing else, and text that is hidden already stays as it is.
func FuzzURL(f *testing.F) {
	for _, seed := range []string{"p", "p@w", "p:w/?#", "'\\", "&password=", "a b=c", "***", "\n", "\xff", "://@"} {
		f.Add(seed)
	}
	quoted := strings.NewReplacer(`\`, `\\`, `'`, `\'`)
	f.Fuzz(func(t *testing.T, text string) {
		if text == "" {
			return
		}
		// In userinfo any character may stand unescaped, except where it forms another secret parameter:
		// then more is hidden.
		raw := settings.NewURL("postgres://u:" + text + "@db/shop").String()
		if raw != "postgres://u:***@db/shop" && raw != "postgres://u:***" {
			t.Errorf("userinfo: %q", raw)
		}
		for before, after := range map[string]string{
			"postgres://u:" + url.QueryEscape(text) + "@db/shop":          "postgres://u:***@db/shop",
			"postgres://db/?password=" + url.QueryEscape(text) + "&x=1":   "postgres://db/?password=***&x=1",
			"host=db password='" + quoted.Replace(text) + "' dbname=shop": "host=db password=*** dbname=shop",
		} {
			if got := settings.NewURL(before).String(); got != after {
				t.Errorf("%q prints %q, want %q", before, got, after)
			}
		}
		once := settings.NewURL(text).String()
		if twice := settings.NewURL(once).String(); twice != once {
			t.Errorf("%q prints %q, and that %q", text, once, twice)
		}
	})
}
