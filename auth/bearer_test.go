package auth_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/terem-go/terem/auth"
	"github.com/terem-go/terem/errs"
)

func request(authorization ...string) *http.Request {
	r := &http.Request{Header: http.Header{}}
	for _, v := range authorization {
		r.Header.Add("Authorization", v)
	}
	return r
}

func TestBearer(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		headers []string
		token   string
		want    error
	}{
		"a token":             {[]string{"Bearer a.b-c_d"}, "a.b-c_d", nil},
		"lower case":          {[]string{"bearer abc"}, "abc", nil},
		"upper case":          {[]string{"BEARER abc"}, "abc", nil},
		"several spaces":      {[]string{"Bearer   abc"}, "abc", nil},
		"any token68":         {[]string{"Bearer aZ09-._~+/=="}, "aZ09-._~+/==", nil},
		"4096 bytes":          {[]string{"Bearer " + strings.Repeat("x", 4096)}, strings.Repeat("x", 4096), nil},
		"no header":           {nil, "", auth.ErrRequired},
		"an empty header":     {[]string{""}, "", auth.ErrRequired},
		"another scheme":      {[]string{"Basic dXNlcjpwYXNz"}, "", auth.ErrRequired},
		"a longer scheme":     {[]string{"Bearers abc"}, "", auth.ErrRequired},
		"a bare token":        {[]string{"abc"}, "", auth.ErrRequired},
		"a space before":      {[]string{" Bearer abc"}, "", auth.ErrRequired},
		"no token":            {[]string{"Bearer"}, "", auth.ErrTokenInvalid},
		"a space for a token": {[]string{"Bearer "}, "", auth.ErrTokenInvalid},
		"a part more":         {[]string{"Bearer abc def"}, "", auth.ErrTokenInvalid},
		"a space after":       {[]string{"Bearer abc "}, "", auth.ErrTokenInvalid},
		"a tab":               {[]string{"Bearer \tabc"}, "", auth.ErrTokenInvalid},
		"a list":              {[]string{"Bearer abc, Bearer def"}, "", auth.ErrTokenInvalid},
		"a parameter":         {[]string{`Bearer token="abc"`}, "", auth.ErrTokenInvalid},
		"padding inside":      {[]string{"Bearer a=b"}, "", auth.ErrTokenInvalid},
		"only padding":        {[]string{"Bearer ="}, "", auth.ErrTokenInvalid},
		"not ASCII":           {[]string{"Bearer жук"}, "", auth.ErrTokenInvalid},
		"4097 bytes":          {[]string{"Bearer " + strings.Repeat("x", 4097)}, "", auth.ErrTokenInvalid},
		"4097 with padding":   {[]string{"Bearer " + strings.Repeat("x", 4096) + "="}, "", auth.ErrTokenInvalid},
		"two headers":         {[]string{"Bearer abc", "Bearer abc"}, "", auth.ErrTokenInvalid},
		"two of two schemes":  {[]string{"Basic dXNlcjpwYXNz", "Bearer abc"}, "", auth.ErrTokenInvalid},
	} {
		token, err := auth.Bearer(request(c.headers...))
		if token != c.token || !errors.Is(err, c.want) {
			t.Errorf("%s: token %q, error %v, want %v", name, token, err, c.want)
		}
	}
}

func TestCredentials(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]error{"Token abc": nil, "token  abc": nil, "Bearer abc": auth.ErrRequired, "Token": auth.ErrTokenInvalid, "Token a b": auth.ErrTokenInvalid} {
		token, err := auth.Credentials(request(header), "Token")
		if !errors.Is(err, want) || (token == "abc") != (want == nil) {
			t.Errorf("%q: token %q, error %v, want %v", header, token, err, want)
		}
	}
}

func FuzzBearer(f *testing.F) {
	for _, s := range []string{"Bearer abc", "bearer  a.b.c==", "Basic x", "Bearer a b", "Bearer", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, header string) {
		token, err := auth.Bearer(request(header))
		if err != nil {
			if token != "" || errs.From(err).Kind != errs.Unauthenticated {
				t.Errorf("%q: token %q, error %v", header, token, err)
			}
			return
		}
		scheme := strings.TrimRight(strings.TrimSuffix(header, token), " ")
		if token == "" || len(token) > 4096 || strings.ContainsAny(token, " \t\r\n,\"\x00") || !strings.EqualFold(scheme, "Bearer") {
			t.Errorf("%q is read as the token %q", header, token)
		}
	})
}
