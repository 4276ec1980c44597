package postgres_test

import (
	"testing"

	"github.com/terem-go/terem/internal/faultproxy"
	"github.com/terem-go/terem/internal/pgserver"
)

// proxy is a proxy and the server behind it.
type proxy struct {
	*faultproxy.Proxy
	server *pgserver.Server
}

// newProxy starts a server behind a proxy and returns the URL of a database
// without and by way of the proxy.
func newProxy(t *testing.T, o pgserver.Options) (p proxy, direct, url string) {
	t.Helper()
	o.TCP = true
	s := own(t, o)
	f := newProxyBefore(t, "tcp", s.Addr())
	return proxy{f, s}, s.URL("postgres"), s.URLAt(f.Addr(), "postgres")
}

// newProxyBefore starts a proxy before a server at an address.
func newProxyBefore(t *testing.T, network, addr string) *faultproxy.Proxy {
	t.Helper()
	f, err := faultproxy.Start(network, addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Close)
	return f
}
