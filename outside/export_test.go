package outside

import (
	"net/netip"
	"strconv"
	"time"
)

// Public is public.
func Public(a netip.Addr) bool { return public(a.Unmap()) }

// MaxHosts is maxHosts.
const MaxHosts = maxHosts

// HostsAfter returns how many hosts are remembered after calls to so many.
func HostsAfter(calls int) int {
	b := newBreakers(5, time.Minute)
	for i := range calls {
		b.of(strconv.Itoa(i) + ".example")
	}
	return len(b.hosts)
}
