package pgserver

import (
	"fmt"
	"math/rand/v2"
	"net"
	"net/url"
	"strconv"
)

const (
	superuser = "postgres"
	loopback  = "127.0.0.1"
)

// URL returns the URL of a database by way of the Unix socket, as the superuser
// postgres. A new server has the database postgres.
func (s *Server) URL(database string) string {
	return databaseURL("", database, url.Values{"host": {s.keeper.dir}, "port": {strconv.Itoa(s.port)}})
}

// URLAt is URL by way of a TCP address: Addr, or that of a proxy before it.
func (s *Server) URLAt(addr, database string) string {
	return databaseURL(addr, database, url.Values{"sslmode": {"disable"}})
}

func databaseURL(host, database string, query url.Values) string {
	u := url.URL{
		Scheme:   "postgres",
		User:     url.User(superuser),
		Host:     host,
		Path:     "/" + database,
		RawQuery: query.Encode(),
	}
	return u.String()
}

// Addr returns the server's TCP address, such as "127.0.0.1:21034". It is ""
// without Options.TCP.
func (s *Server) Addr() string {
	if !s.tcp {
		return ""
	}
	return address(s.port)
}

func address(port int) string { return net.JoinHostPort(loopback, strconv.Itoa(port)) }

// freePort returns a TCP port that nobody listens on. It stays below the ports
// that systems give to outgoing connections, or while the server is down one of
// those could take it, or a client that dials it in a loop connect to itself.
func freePort() (int, error) {
	const first, count, attempts = 20000, 12000, 100
	var err error
	for range attempts {
		port := first + rand.IntN(count)
		var l net.Listener
		if l, err = net.Listen("tcp", address(port)); err == nil {
			return port, l.Close()
		}
	}
	return 0, fmt.Errorf("pgserver: no free TCP port: %w", err)
}
