package outside

import (
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/sony/gobreaker/v2"
)

// maxHosts is how many hosts are remembered. Users may choose URLs, so there can be any number.
const maxHosts = 1000

// breakers know for each host whether it is left alone.
type breakers struct {
	settings gobreaker.Settings

	mu    sync.Mutex
	hosts map[string]*gobreaker.CircuitBreaker[*http.Response]
}

func newBreakers(failures int, rest time.Duration) *breakers {
	return &breakers{hosts: map[string]*gobreaker.CircuitBreaker[*http.Response]{}, settings: gobreaker.Settings{
		Timeout:     rest,
		ReadyToTrip: func(c gobreaker.Counts) bool { return int(c.ConsecutiveFailures) >= failures },
		// These say nothing about how the host does.
		IsExcluded: func(err error) bool {
			return errors.Is(err, errGivenUp) || errors.Is(err, ErrNotPublic) || errors.Is(err, ErrTooLarge)
		},
	}}
}

// of returns the breaker of a host. When there are too many, any one of them is forgotten, and starts afresh.
func (b *breakers) of(host string) *gobreaker.CircuitBreaker[*http.Response] {
	host = strings.ToLower(host)
	b.mu.Lock()
	defer b.mu.Unlock()
	if known, ok := b.hosts[host]; ok {
		return known
	}
	for other := range b.hosts {
		if len(b.hosts) < maxHosts {
			break
		}
		delete(b.hosts, other)
	}
	fresh := gobreaker.NewCircuitBreaker[*http.Response](b.settings)
	b.hosts[host] = fresh
	return fresh
}
