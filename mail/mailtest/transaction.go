package mailtest

import (
	"bytes"
	"fmt"
	"strings"
)

func (c *conversation) from(match []string) error {
	c.utf8 = strings.Contains(strings.ToUpper(match[2]), " SMTPUTF8")
	if !c.allowed(match[1]) {
		return c.say("553 5.6.7 SMTPUTF8 was not asked for")
	}
	yes, err := c.reply(Sender, "250 2.1.0 sender noted")
	if yes {
		c.sender, c.recipients = match[1], nil
	}
	return err
}

func (c *conversation) to(address string) error {
	if !c.allowed(address) {
		return c.say("553 5.6.7 SMTPUTF8 was not asked for")
	}
	yes, err := c.reply(Recipient, "250 2.1.5 recipient noted")
	if yes {
		c.recipients = append(c.recipients, address)
	}
	return err
}

func (c *conversation) allowed(address string) bool {
	return c.utf8 || !strings.ContainsFunc(address, func(r rune) bool { return r > 127 })
}

// data reads a message and takes it, unless it is no message or a test asks to refuse it.
func (c *conversation) data() error {
	if yes, err := c.reply(Data, "354 end with a dot"); !yes || err != nil {
		return err
	}
	raw, err := c.content()
	if err != nil {
		return err
	}
	m, err := Parse(raw)
	if err != nil {
		return c.say(fmt.Sprintf("554 5.6.0 not a message: %q", err.Error()))
	}
	m.Sender, m.Recipients = c.sender, c.recipients
	c.sender, c.recipients = "", nil
	if refusal := c.server.next(Content, ""); refusal != "" {
		_, err = c.send(refusal)
		return err
	}
	c.server.take(m)
	_, err = c.reply(Taken, "250 2.0.0 taken")
	return err
}

// content reads up to the line with only a dot.
func (c *conversation) content() ([]byte, error) {
	var raw bytes.Buffer
	for {
		line, err := c.in.ReadString('\n')
		switch {
		case err != nil:
			return nil, err
		case line == ".\r\n":
			return raw.Bytes(), nil
		}
		raw.WriteString(strings.TrimPrefix(line, "."))
	}
}
