package mailtest

import (
	"encoding/base64"
	"strings"
)

// login answers AUTH.
func (c *conversation) login(argument string) error {
	var user, password string
	mechanism, first, _ := strings.Cut(argument, " ")
	switch strings.ToUpper(mechanism) {
	case "PLAIN":
		if first == "" {
			first = c.ask("")
		}
		if parts := strings.Split(decode(first), "\x00"); len(parts) == 3 {
			user, password = parts[1], parts[2]
		}
	case "LOGIN":
		user, password = decode(c.ask("Username:")), decode(c.ask("Password:"))
	default:
		return c.say("504 5.5.4 PLAIN or LOGIN")
	}
	usual := "535 5.7.8 wrong user or password"
	right := user == c.server.options.User && password == c.server.options.Password
	if right {
		usual = "235 2.7.0 welcome"
	}
	yes, err := c.reply(Login, usual)
	c.known = right && yes
	return err
}

// ask puts a question of a login and returns the answer; "" when the connection is lost, which the next reply
// notices.
func (c *conversation) ask(question string) string {
	if c.say("334 "+base64.StdEncoding.EncodeToString([]byte(question))) != nil {
		return ""
	}
	answer, _ := c.line()
	return answer
}

func decode(text string) string {
	plain, _ := base64.StdEncoding.DecodeString(text) // what is no base64 is a wrong password
	return string(plain)
}
