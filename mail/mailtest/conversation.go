package mailtest

import (
	"bufio"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"regexp"
	"strings"
)

// errEnd ends a conversation.
var errEnd = errors.New("the conversation is over")

// conversation is what the server and one client say to each other.
type conversation struct {
	server     *Server
	conn       net.Conn
	in         *bufio.Reader
	secure     bool // TLS is on
	known      bool // the client has logged in
	utf8       bool // the client has asked for addresses outside ASCII
	sender     string
	recipients []string
}

func newConversation(s *Server, conn net.Conn) *conversation {
	c := &conversation{server: s, conn: conn, in: bufio.NewReader(conn)}
	if s.options.Security == TLS {
		c.encrypt()
	}
	return c
}

func (c *conversation) encrypt() {
	c.conn = tls.Server(c.conn, c.server.tls)
	c.in, c.secure = bufio.NewReader(c.conn), true
}

func (c *conversation) run() {
	_, err := c.reply(Connect, "220 mailtest ESMTP")
	for err == nil {
		var line string
		if line, err = c.line(); err == nil {
			err = c.command(line)
		}
	}
}

// line reads a line without its end.
func (c *conversation) line() (string, error) {
	line, err := c.in.ReadString('\n')
	return strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r"), err
}

// say sends a reply, whatever the test has asked for.
func (c *conversation) say(reply string) error {
	_, err := io.WriteString(c.conn, reply+"\r\n")
	return err
}

// reply replies at a stage, and reports whether that is a yes.
func (c *conversation) reply(at Stage, usual string) (bool, error) {
	return c.send(c.server.next(at, usual))
}

// send sends a reply, which may be Hang or Drop, and reports whether it is a yes.
func (c *conversation) send(reply string) (bool, error) {
	switch reply {
	case Drop:
		return false, errEnd
	case Hang:
		_, _ = io.Copy(io.Discard, c.in)
		return false, errEnd
	}
	return reply < "4", c.say(reply)
}

var (
	mailFrom = regexp.MustCompile(`(?i)^FROM:<([^<> ]+)>( .*)?$`)
	rcptTo   = regexp.MustCompile(`(?i)^TO:<([^<> ]+)>$`)
)

func (c *conversation) command(line string) (err error) {
	verb, argument, _ := strings.Cut(line, " ")
	demands := c.server.options
	switch verb = strings.ToUpper(verb); {
	case verb == "EHLO" || verb == "HELO":
		_, err = c.reply(Hello, c.abilities())
	case verb == "NOOP":
		err = c.say("250 2.0.0 here")
	case verb == "RSET":
		c.sender, c.recipients = "", nil
		err = c.say("250 2.0.0 forgotten")
	case verb == "QUIT":
		if _, err = c.reply(Quit, "221 2.0.0 bye"); err == nil {
			err = errEnd
		}
	case verb == "STARTTLS" && demands.Security == StartTLS && !c.secure:
		var yes bool
		if yes, err = c.reply(Secure, "220 2.0.0 go ahead"); yes {
			c.encrypt()
		}
	case demands.Security != Plain && !c.secure:
		err = c.say("530 5.7.0 STARTTLS first")
	case verb == "AUTH" && demands.User != "" && !c.known:
		err = c.login(argument)
	case demands.User != "" && !c.known:
		err = c.say("530 5.7.0 log in first")
	case verb == "MAIL" && mailFrom.MatchString(argument):
		err = c.from(mailFrom.FindStringSubmatch(argument))
	case verb == "RCPT" && c.sender != "" && rcptTo.MatchString(argument):
		err = c.to(rcptTo.FindStringSubmatch(argument)[1])
	case verb == "DATA" && len(c.recipients) > 0:
		err = c.data()
	default:
		err = c.say("503 5.5.1 not this, not now")
	}
	return err
}

// abilities is the usual reply to EHLO.
func (c *conversation) abilities() string {
	lines := []string{"mailtest", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES"}
	switch o := c.server.options; {
	case o.Security == StartTLS && !c.secure:
		lines = append(lines, "STARTTLS")
	case o.User != "":
		lines = append(lines, "AUTH PLAIN LOGIN")
	}
	last := len(lines) - 1
	return "250-" + strings.Join(lines[:last], "\r\n250-") + "\r\n250 " + lines[last]
}
