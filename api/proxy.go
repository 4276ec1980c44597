package api

import (
	"net/netip"
	"strings"
)

// trusted reports whether the address is one of a trusted proxy.
func (a *API) trusted(addr netip.Addr) bool {
	for _, p := range a.config.TrustedProxies {
		if p.Contains(addr.Unmap()) {
			return true
		}
	}
	return false
}

// forwardedFor returns the client's address from X-Forwarded-For: the last one
// in it that is not a trusted proxy. What stands before it was written by the
// client.
func (a *API) forwardedFor(headers []string) (string, bool) {
	hops := strings.Split(strings.Join(headers, ","), ",")
	for i := len(hops) - 1; i >= 0; i-- {
		addr, ok := hopAddr(strings.TrimSpace(hops[i]))
		if !ok {
			return "", false
		}
		if !a.trusted(addr) || i == 0 {
			return addr.String(), true
		}
	}
	return "", false
}

// hopAddr returns the address of one hop, which some proxies write with its
// port.
func hopAddr(hop string) (netip.Addr, bool) {
	if ap, err := netip.ParseAddrPort(hop); err == nil {
		return ap.Addr().WithZone("").Unmap(), true
	}
	addr, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(hop, "["), "]"))
	return addr.WithZone("").Unmap(), err == nil
}
