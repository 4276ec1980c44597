package mail

import (
	"cmp"
	"errors"
	"net"
	"net/url"
	"strconv"
)

// security says how a connection to the SMTP server is encrypted.
type security int

const (
	unencrypted security = iota // only if the URL says so, or to this machine
	startTLS
	implicitTLS
)

// server is what an SMTP URL says.
type server struct {
	host           string
	port           string
	user, password string
	security       security
}

// errURL shows nothing of the URL: a password in it that is not escaped can turn up in any part.
func errURL(reason string) error {
	return errors.New("mail: the SMTP URL cannot be used (" + reason + "); it should look like " +
		"smtps://user:password@mail.example.com:465 or smtp://127.0.0.1:1025, with special characters of user and " +
		"password percent-encoded")
}

func parseURL(text string) (*server, error) {
	u, err := url.Parse(text)
	if err != nil {
		return nil, errURL("it is not a URL")
	}
	s := &server{host: u.Hostname(), port: u.Port(), user: u.User.Username()}
	s.password, _ = u.User.Password()
	defaultPort := "587"
	switch u.Scheme {
	case "smtps":
		s.security, defaultPort = implicitTLS, "465"
	case "smtp":
		if !s.local() {
			s.security = startTLS
		}
	default:
		return nil, errURL("it begins with neither smtp:// nor smtps://")
	}
	s.port = cmp.Or(s.port, defaultPort)
	if n, err := strconv.Atoi(s.port); err != nil || n < 1 || n > 65535 || s.host == "" {
		return nil, errURL("it names no host, or no port between 1 and 65535")
	}
	if (u.Path != "" && u.Path != "/") || u.Fragment != "" {
		return nil, errURL("there is more behind the host than ?tls=…")
	}
	if err := s.query(u); err != nil {
		return nil, err
	}
	if s.security == unencrypted && s.user != "" && !s.local() {
		return nil, errURL("a password is not sent without TLS: leave tls=off out")
	}
	if (s.user == "") != (s.password == "") {
		return nil, errURL("a user needs a password and a password a user")
	}
	return s, nil
}

// query reads ?tls=required or ?tls=off.
func (s *server) query(u *url.URL) error {
	values, err := url.ParseQuery(u.RawQuery)
	if err != nil || len(values) > 1 || len(values) == 1 && len(values["tls"]) != 1 {
		return errURL("there is more behind the host than ?tls=…")
	}
	switch tls := values.Get("tls"); {
	case len(values) == 0:
	case s.security == implicitTLS:
		return errURL("smtps:// always uses TLS: leave ?tls=… out")
	case tls == "required":
		s.security = startTLS
	case tls == "off":
		s.security = unencrypted
	default:
		return errURL("tls is neither required nor off")
	}
	return nil
}

// local reports whether the server runs on this machine.
func (s *server) local() bool {
	ip := net.ParseIP(s.host)
	return s.host == "localhost" || ip != nil && ip.IsLoopback()
}

func (s *server) address() string { return net.JoinHostPort(s.host, s.port) }
