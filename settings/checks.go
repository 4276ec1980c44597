package settings

import (
	"net"
	"net/url"
	"strconv"
	"strings"
)

// Addr reports a setting that is not a host and a port which a server can listen on, such as "127.0.0.1:8000" or
// ":8000".
func (p *Problems) Addr(name, addr string) {
	if _, port, err := net.SplitHostPort(addr); err != nil {
		p.Add(name, "expected a host and a port, such as 127.0.0.1:8000")
	} else if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		p.Add(name, "expected a port from 0 to 65535")
	}
}

// BaseURL reports a setting that is not where browsers reach an application: a URL with a host and without a path. In
// production it must be there, and be of https unless the host is this machine; elsewhere it may be "".
func (p *Problems) BaseURL(name, base string, e Environment) {
	u, err := url.Parse(base)
	switch {
	case base == "" && e.Production():
		p.Add(name, "expected where people reach the application, such as https://shop.example")
	case base == "":
	case err != nil || !browsable(u) || strings.Trim(u.Path, "/") != "" || strings.ContainsAny(base, "?#") || u.User != nil ||
		!strings.HasPrefix(base, u.Scheme+"://"): // HTTPS://, which would not be known as https://
		p.Add(name, "expected an address without a path, such as https://shop.example")
	case e.Production() && u.Scheme != "https" && !loopback(u.Hostname()):
		p.Add(name, "expected https:// in production")
	}
}

// Origins reports a setting of which one is not an origin, such as "https://app.example".
func (p *Problems) Origins(name string, origins []string) {
	for _, o := range origins {
		if u, err := url.Parse(o); err != nil || !browsable(u) || u.Path != "" || strings.Contains(o, "*") {
			p.Add(name, "expected origins such as https://app.example, each by its name")
		}
	}
}

// browsable reports whether browsers can open the URL.
func browsable(u *url.URL) bool {
	return (u.Scheme == "https" || u.Scheme == "http") && u.Hostname() != ""
}

// loopback reports whether the host is this machine.
func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
