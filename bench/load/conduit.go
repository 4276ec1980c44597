package load

import (
	"fmt"
	"net/http"
	"strconv"
)

// Conduit says what to ask an implementation of the RealWorld specification for.
type Conduit struct {
	Row    string   // one of the constants below
	Base   string   // what paths begin with, such as /api
	Tokens []string // one for each client
	Slugs  []string // of articles that are there
	Tags   []string // that articles have
}

// The rows: what each client asks for, again and again.
const (
	Article   = "article"   // an article
	List      = "list"      // the newest 20 articles
	Tagged    = "tag"       // the newest 20 articles with a tag
	Feed      = "feed"      // the newest 20 articles of those whom the client follows
	Favourite = "favourite" // by turns to mark an article and to take that mark away
	Create    = "create"    // to publish an article
)

// ask makes the next request, and returns the status that a right answer has.
func (c *client) ask() (status int) {
	p := c.plan.Conduit
	pick := func(all []string) string { return all[c.random.IntN(len(all))] }
	method, path, body := "GET", "/articles", ""
	status = http.StatusOK
	switch p.Row {
	case Article:
		path += "/" + pick(p.Slugs)
	case List:
		path += "?limit=20"
	case Tagged:
		path += "?limit=20&tag=" + pick(p.Tags)
	case Feed:
		path += "/feed?limit=20"
	case Favourite:
		if method = "DELETE"; c.sent%2 == 0 {
			method, c.article = "POST", pick(p.Slugs)
		}
		path += "/" + c.article + "/favorite"
	case Create:
		method, status = "POST", http.StatusCreated
		body = c.publish()
	}
	c.sent++
	b := append(append(append(append(c.request[:0], method...), ' '), p.Base...), path...)
	b = append(append(append(b, " HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Token "...), p.Tokens[c.number]...), "\r\n"...)
	if method != "GET" {
		b = append(strconv.AppendInt(append(b, "Content-Length: "...), int64(len(body)), 10), "\r\n"...)
	}
	if body != "" {
		b = append(b, "Content-Type: application/json\r\n"...)
	}
	c.request = append(append(b, "\r\n"...), body...)
	return status
}

// publish returns the body that publishes an article, of a title that no other has.
func (c *client) publish() string {
	n := c.random.IntN(1000)
	title := fmt.Sprintf("On load %d %d %d", c.plan.Seed, c.number, c.sent)
	return fmt.Sprintf(`{"article":{"title":"%s","description":"What %s is about","body":"%s","tagList":["topic%d","theme%d","detail%d"]}}`, title, title, text, n%10, n%100, n)
}

const text = `A few lines of text, as people write them: what happened, to whom, and what they think of it.\n\n` +
	`Then some more lines, so that there is something to send, to check, to store and to send back: it is no long article, and no short one either.\n\n` +
	`And an end.`
