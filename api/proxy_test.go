package api_test

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/terem-go/terem/api"
)

// peer is an API that answers with the client's address, behind the trusted
// proxies 10.0.0.0/8 and ::1.
func peer(t testing.TB) http.Handler {
	return handler(t, api.Config{TrustedProxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("::1/128")}}, nil,
		func(r *api.Router) {
			api.Handle(r, "/", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.Write([]byte(r.RemoteAddr)) }), api.Public)
		})
}

// clientOf returns the client's address for a request from an address with the
// given headers X-Forwarded-For.
func clientOf(h http.Handler, from string, forwarded ...string) string {
	r := httptest.NewRequest("GET", "/", nil)
	r.RemoteAddr = from
	r.Header["X-Forwarded-For"] = forwarded
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Body.String()
}

func TestClientAddress(t *testing.T) {
	t.Parallel()
	h := peer(t)
	const proxy = "10.0.0.1:5000"
	for name, c := range map[string]struct {
		from      string
		forwarded []string
		want      string
	}{
		"direct":                          {"192.0.2.1:4000", nil, "192.0.2.1"},
		"direct, IPv6":                    {"[2001:db8::1]:4000", nil, "2001:db8::1"},
		"direct, IPv4 in IPv6":            {"[::ffff:192.0.2.1]:4000", nil, "192.0.2.1"},
		"a stranger's word":               {"192.0.2.1:4000", []string{"198.51.100.7"}, "192.0.2.1"},
		"a Unix socket":                   {"@", []string{"198.51.100.7"}, "@"},
		"one proxy":                       {proxy, []string{"198.51.100.7"}, "198.51.100.7"},
		"a proxy that says nothing":       {proxy, nil, "10.0.0.1"},
		"an empty header":                 {proxy, []string{""}, "10.0.0.1"},
		"a proxy over IPv6":               {"[::1]:4000", []string{"198.51.100.7"}, "198.51.100.7"},
		"a proxy as IPv4 in IPv6":         {"[::ffff:10.0.0.1]:4000", []string{"198.51.100.7"}, "198.51.100.7"},
		"two proxies":                     {proxy, []string{"198.51.100.7, 10.0.0.2"}, "198.51.100.7"},
		"two headers":                     {proxy, []string{"198.51.100.7", "10.0.0.2"}, "198.51.100.7"},
		"a forged beginning":              {proxy, []string{"203.0.113.9, 198.51.100.7"}, "198.51.100.7"},
		"a forged beginning, as a header": {proxy, []string{"203.0.113.9", "198.51.100.7, 10.0.0.2"}, "198.51.100.7"},
		"a forged proxy":                  {proxy, []string{"10.0.0.9, 198.51.100.7"}, "198.51.100.7"},
		"garbage in the beginning":        {proxy, []string{"<script>, 198.51.100.7"}, "198.51.100.7"},
		"garbage":                         {proxy, []string{"<script>"}, "10.0.0.1"},
		"garbage before a proxy":          {proxy, []string{"unknown, 10.0.0.2"}, "10.0.0.1"},
		"only proxies":                    {proxy, []string{"10.0.0.3, 10.0.0.2"}, "10.0.0.3"},
		"IPv6":                            {proxy, []string{"2001:db8::7"}, "2001:db8::7"},
		"IPv6 in brackets":                {proxy, []string{"[2001:db8::7]"}, "2001:db8::7"},
		"IPv6 with a port":                {proxy, []string{"[2001:db8::7]:443"}, "2001:db8::7"},
		"IPv4 with a port":                {proxy, []string{"198.51.100.7:443"}, "198.51.100.7"},
		"IPv4 in IPv6":                    {proxy, []string{"::ffff:198.51.100.7"}, "198.51.100.7"},
		"a zone, which is any text":       {proxy, []string{"fe80::1%\"><script>"}, "fe80::1"},
		"spaces":                          {proxy, []string{" \t198.51.100.7 "}, "198.51.100.7"},
		"an empty hop":                    {proxy, []string{"198.51.100.7,"}, "10.0.0.1"},
	} {
		if got := clientOf(h, c.from, c.forwarded...); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// FuzzForwardedFor: whatever a header says, the client's address is an address,
// and with an honest last hop it is that one.
func FuzzForwardedFor(f *testing.F) {
	h := peer(f)
	for _, seed := range []string{"198.51.100.7", "a, b", "[::1]:80", "fe80::1%eth0", "1.2.3.4:99999", ",,,", "10.0.0.2, 10.0.0.3"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, said string) {
		got := clientOf(h, "10.0.0.1:1", said)
		addr, err := netip.ParseAddr(got)
		if err != nil || addr.Zone() != "" || addr.Is4In6() {
			t.Errorf("%q: the client's address is %q", said, got)
		}
		if got := clientOf(h, "10.0.0.1:1", said, "198.51.100.7"); got != "198.51.100.7" {
			t.Errorf("%q, 198.51.100.7: the client's address is %q", said, got)
		}
		if got := clientOf(h, "192.0.2.1:1", said); got != "192.0.2.1" {
			t.Errorf("%q: the word of a stranger was taken: %q", strings.TrimSpace(said), got)
		}
	})
}
