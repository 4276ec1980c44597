package auth_test

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/auth"
	"github.com/terem-go/terem/errs"
)

const (
	secret = "0123456789abcdef0123456789abcdef"
	keyID  = "DxlSQByMgAlh" // of secret, computed by another HKDF
)

var noon = time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)

func config() auth.TokenConfig {
	return auth.TokenConfig{
		Keys:     [][]byte{[]byte(secret)},
		Issuer:   "https://shop.example",
		Audience: "shop",
		Now:      func() time.Time { return noon },
	}
}

func tokens(t testing.TB, cfg auth.TokenConfig) *auth.Tokens {
	t.Helper()
	k, err := auth.NewTokens(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func issue(t testing.TB, k *auth.Tokens, subject string) string {
	t.Helper()
	token, _, err := k.Issue(subject, 3)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestIssue(t *testing.T) {
	t.Parallel()
	cfg := config()
	cfg.Now = func() time.Time { return noon.Add(900 * time.Millisecond) }
	k := tokens(t, cfg)
	token, expiresIn, err := k.Issue("42", 3)
	if err != nil || expiresIn != 30*time.Minute {
		t.Fatalf("expires in %s, error %v", expiresIn, err)
	}
	head, rest, _ := strings.Cut(token, ".")
	body, _, _ := strings.Cut(rest, ".")
	var header, claims map[string]any
	for part, v := range map[string]any{head: &header, body: &claims} {
		b, err := base64.RawURLEncoding.DecodeString(part)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(b, v); err != nil {
			t.Fatal(err)
		}
	}
	if d := cmp.Diff(map[string]any{"alg": "HS256", "typ": "JWT", "kid": keyID}, header); d != "" {
		t.Errorf("header (-want +got):\n%s", d)
	}
	id, _ := claims["jti"].(string)
	want := map[string]any{
		"sub": "42", "gen": 3.0, "iss": "https://shop.example", "aud": []any{"shop"}, "jti": id,
		"iat": float64(noon.Unix()), "nbf": float64(noon.Unix()), "exp": float64(noon.Add(30 * time.Minute).Unix()),
	}
	if d := cmp.Diff(want, claims); d != "" {
		t.Errorf("claims (-want +got):\n%s", d)
	}

	got, err := k.Parse(token)
	if err != nil {
		t.Fatal(err)
	}
	read := auth.Claims{Subject: "42", Generation: 3, ID: id, IssuedAt: noon, ExpiresAt: noon.Add(30 * time.Minute)}
	if d := cmp.Diff(read, got); d != "" || id == "" {
		t.Errorf("as read, with id %q (-want +got):\n%s", id, d)
	}
	other, err := k.Parse(issue(t, k, "42"))
	if err != nil || other.ID == id {
		t.Errorf("two tokens have one id, or error %v", err)
	}
}

func TestIssueRefusesSubjects(t *testing.T) {
	t.Parallel()
	k := tokens(t, config())
	for name, subject := range map[string]string{
		"empty":     "",
		"not UTF-8": "\xff",
		"too long":  strings.Repeat("x", 3000),
	} {
		if token, _, err := k.Issue(subject, 3); err == nil {
			t.Errorf("%s: issued %s", name, token)
		}
	}
	subject := strings.Repeat("x", 2500)
	if c, err := k.Parse(issue(t, k, subject)); err != nil || c.Subject != subject {
		t.Errorf("a long subject is issued but not read: %v", err)
	}
}

// sign makes a token as somebody who knows the key could, from what Issue makes
// and the given changes. A nil value takes a claim or header away.
func sign(t testing.TB, method jwt.SigningMethod, key any, header, claims map[string]any) string {
	t.Helper()
	j := jwt.NewWithClaims(method, jwt.MapClaims{
		"sub": "42", "iss": "https://shop.example", "aud": "shop", "jti": "x",
		"iat": noon.Unix(), "nbf": noon.Unix(), "exp": noon.Add(time.Minute).Unix(),
	})
	j.Header["kid"] = keyID
	change := func(m, by map[string]any) {
		for k, v := range by {
			if m[k] = v; v == nil {
				delete(m, k)
			}
		}
	}
	change(j.Header, header)
	change(j.Claims.(jwt.MapClaims), claims)
	token, err := j.SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestParse(t *testing.T) {
	t.Parallel()
	k := tokens(t, config())
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	type m = map[string]any
	hs256 := func(header, claims m) string {
		return sign(t, jwt.SigningMethodHS256, []byte(secret), header, claims)
	}
	after := func(d time.Duration) int64 { return noon.Add(d).Unix() }
	whole := hs256(nil, nil)
	parts := strings.Split(whole, ".")
	other := strings.Split(hs256(nil, m{"sub": "43"}), ".")

	invalid, expired := auth.ErrTokenInvalid, auth.ErrTokenExpired
	for name, c := range map[string]struct {
		token string
		want  *errs.Error
	}{
		"as issued":                   {whole, nil},
		"several audiences":           {hs256(nil, m{"aud": []string{"other", "shop"}}), nil},
		"expired within the leeway":   {hs256(nil, m{"exp": after(-4 * time.Second)}), nil},
		"early within the leeway":     {hs256(nil, m{"nbf": after(5 * time.Second), "iat": after(5 * time.Second)}), nil},
		"expired":                     {hs256(nil, m{"exp": after(-5 * time.Second)}), expired},
		"expired long ago":            {hs256(nil, m{"exp": 1}), expired},
		"not valid yet":               {hs256(nil, m{"nbf": after(6 * time.Second)}), invalid},
		"issued in the future":        {hs256(nil, m{"iat": after(6 * time.Second)}), invalid},
		"no exp":                      {hs256(nil, m{"exp": nil}), invalid},
		"no nbf":                      {hs256(nil, m{"nbf": nil}), invalid},
		"no iat":                      {hs256(nil, m{"iat": nil}), invalid},
		"no sub":                      {hs256(nil, m{"sub": nil}), invalid},
		"no iss":                      {hs256(nil, m{"iss": nil}), invalid},
		"no aud":                      {hs256(nil, m{"aud": nil}), invalid},
		"empty sub":                   {hs256(nil, m{"sub": ""}), invalid},
		"exp is text":                 {hs256(nil, m{"exp": "tomorrow"}), invalid},
		"sub is a number":             {hs256(nil, m{"sub": 42}), invalid},
		"wrong iss":                   {hs256(nil, m{"iss": "https://shop.example.org"}), invalid},
		"wrong aud":                   {hs256(nil, m{"aud": "Shop"}), invalid},
		"no kid":                      {hs256(m{"kid": nil}, nil), invalid},
		"unknown kid":                 {hs256(m{"kid": "other"}, nil), invalid},
		"kid is a number":             {hs256(m{"kid": 1}, nil), invalid},
		"no alg":                      {hs256(m{"alg": nil}, nil), invalid},
		"alg none":                    {sign(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, nil, nil), invalid},
		"alg none, signed":            {hs256(m{"alg": "none"}, nil), invalid},
		"alg HS512":                   {sign(t, jwt.SigningMethodHS512, []byte(secret), nil, nil), invalid},
		"alg RS256":                   {sign(t, jwt.SigningMethodRS256, rsaKey, nil, nil), invalid},
		"says RS256, signed by HMAC":  {hs256(m{"alg": "RS256"}, nil), invalid},
		"says HS256, signed by RSA":   {sign(t, jwt.SigningMethodRS256, rsaKey, m{"alg": "HS256"}, nil), invalid},
		"alg in lower case":           {hs256(m{"alg": "hs256"}, nil), invalid},
		"another key":                 {sign(t, jwt.SigningMethodHS256, []byte(strings.Repeat("x", 32)), nil, nil), invalid},
		"signature of another":        {parts[0] + "." + parts[1] + "." + other[2], invalid},
		"claims of another":           {parts[0] + "." + other[1] + "." + parts[2], invalid},
		"no signature":                {parts[0] + "." + parts[1] + ".", invalid},
		"two parts":                   {parts[0] + "." + parts[1], invalid},
		"four parts":                  {whole + "." + parts[2], invalid},
		"empty":                       {"", invalid},
		"dots":                        {"..", invalid},
		"a line break in the end":     {whole + "\n", invalid},
		"a line break in between":     {parts[0] + "." + parts[1] + ".\n" + parts[2], invalid},
		"padding":                     {whole + "=", invalid},
		"claims are null":             {parts[0] + ".bnVsbA." + parts[2], invalid},
		"4096 bytes of nothing":       {strings.Repeat("x", 4096), invalid},
		"well signed, but oversized":  {hs256(nil, m{"pad": strings.Repeat("x", 4096)}), invalid},
		"last bits of the signature":  {whole[:len(whole)-1] + string(whole[len(whole)-1]+1), invalid},
		"well signed, not oversized":  {hs256(nil, m{"pad": strings.Repeat("x", 2000)}), nil},
		"claims that we do not know":  {hs256(nil, m{"admin": true}), nil},
		"expired by another key":      {sign(t, jwt.SigningMethodHS256, []byte(strings.Repeat("x", 32)), nil, m{"exp": 1}), invalid},
		"expired, changed afterwards": {parts[0] + "." + strings.Split(hs256(nil, m{"exp": 1}), ".")[1] + "." + parts[2], invalid},
	} {
		claims, err := k.Parse(c.token)
		if c.want == nil {
			if err != nil || claims.Subject != "42" {
				t.Errorf("%s: subject %q, error %v", name, claims.Subject, err)
			}
			continue
		}
		if !errors.Is(err, c.want) || claims != (auth.Claims{}) {
			t.Errorf("%s: claims %+v, error %v, want %s", name, claims, err, c.want.Code)
			continue
		}
		if len(parts[2]) > 0 && strings.Contains(err.Error(), parts[2]) {
			t.Errorf("%s: the error tells the signature: %v", name, err)
		}
	}
}

func TestKeysAreReplacedWithoutLoggingAnybodyOut(t *testing.T) {
	t.Parallel()
	one, two := []byte(secret), []byte(strings.Repeat("2", 32))
	with := func(keys ...[]byte) *auth.Tokens {
		cfg := config()
		cfg.Keys = keys
		return tokens(t, cfg)
	}
	before, during, after := with(one), with(two, one), with(two)
	old, young := issue(t, before, "old"), issue(t, during, "young")
	for name, c := range map[string]struct {
		tokens *auth.Tokens
		token  string
		want   error
	}{
		"an old token, while both keys are there":  {during, old, nil},
		"a new one, meanwhile":                     {during, young, nil},
		"an old token, afterwards":                 {after, old, auth.ErrTokenInvalid},
		"a new one, afterwards":                    {after, young, nil},
		"a new one, where the old key still signs": {with(one, two), young, nil},
	} {
		if _, err := c.tokens.Parse(c.token); !errors.Is(err, c.want) {
			t.Errorf("%s: error %v, want %v", name, err, c.want)
		}
	}
}

func TestNewTokensNamesEveryWrongField(t *testing.T) {
	t.Parallel()
	_, err := auth.NewTokens(auth.TokenConfig{Lifetime: 1500 * time.Millisecond, Leeway: time.Hour})
	for _, want := range []string{"Keys is empty", "Issuer is empty", "Audience is empty", "Lifetime is 1.5s", "Leeway is 1h0m0s"} {
		if err == nil || !strings.Contains(err.Error(), "TokenConfig."+want) {
			t.Errorf("error %v, want it to say %q", err, want)
		}
	}
	cfg := config()
	cfg.Keys = append(cfg.Keys, []byte(secret[1:]))
	_, err = auth.NewTokens(cfg)
	if err == nil || !strings.Contains(err.Error(), "TokenConfig.Keys[1]: a secret of 31 bytes is too short") {
		t.Errorf("a key of 31 bytes: %v", err)
	}
	cfg.Keys, cfg.Leeway, cfg.Lifetime = cfg.Keys[:1], -time.Second, -time.Second
	if _, err := auth.NewTokens(cfg); err == nil {
		t.Error("negative durations are taken")
	}
}

// Nobody without the key can make a token, so the only one that is accepted is
// the one that was signed.
func FuzzParse(f *testing.F) {
	k := tokens(f, config())
	token := sign(f, jwt.SigningMethodHS256, []byte(secret), nil, nil) // the same in every process of the fuzzer
	f.Add(token)
	f.Add(token + "=")
	f.Add(sign(f, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, nil, nil))
	f.Add("eyJhbGciOiJIUzI1NiJ9.bnVsbA.")
	f.Add("..")
	f.Fuzz(func(t *testing.T, s string) {
		claims, err := k.Parse(s)
		switch {
		case s == token && err != nil:
			t.Errorf("the signed token: %v", err)
		case s != token && (errs.From(err) == nil || errs.From(err).Kind != errs.Unauthenticated):
			t.Errorf("%q: claims %+v, error %v", s, claims, err)
		}
	})
}
