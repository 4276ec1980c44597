package load

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"slices"
	"strconv"
	"time"

	"github.com/terem-go/terem/bench/item"
)

// client is one connection.
type client struct {
	plan    Plan
	number  int // from 0
	random  *rand.Rand
	conn    net.Conn
	in      *bufio.Reader
	request []byte
	body    []byte // of the answer
	sent    int    // requests
	article string // that a client of Conduit has marked

	latencies []time.Duration
	failed    int
	failure   string
	err       error
}

func dial(p Plan, random *rand.Rand, number int) (*client, error) {
	conn, err := net.Dial("tcp", p.Addr)
	if err != nil {
		return nil, err
	}
	return &client{plan: p, number: number, random: random, conn: conn, in: bufio.NewReader(conn), latencies: make([]time.Duration, 0, 1<<14)}, nil
}

// patience is how long an answer may take.
const patience = 30 * time.Second

func (c *client) loop(until time.Time) error {
	if err := c.conn.SetDeadline(until.Add(patience)); err != nil {
		return err
	}
	for {
		want := c.plan.Status
		if c.plan.Conduit != nil {
			want = c.ask()
		} else {
			c.compose(c.random.Int64N(c.plan.Keys) + 1)
		}
		sent := time.Now()
		if !sent.Before(until) {
			return nil
		}
		if _, err := c.conn.Write(c.request); err != nil {
			return err
		}
		status, err := c.answer()
		if err != nil {
			return err
		}
		if status == want {
			c.latencies = append(c.latencies, time.Since(sent))
			continue
		}
		if c.failed++; c.failed == 1 {
			c.failure = fmt.Sprintf("%d %s", status, bytes.TrimSpace(c.body))
		}
	}
}

// compose makes the request for an id.
func (c *client) compose(id int64) {
	b := c.request[:0]
	if !c.plan.Insert {
		b = append(append(b, "GET "...), c.plan.Path...)
		b = append(appendID(b, id, c.plan.Width), " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"...)
		c.request = b
		return
	}
	body := item.CreateOf(id)
	b = append(append(append(b, "POST "...), c.plan.Path...), " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: "...)
	// What CreateOf makes needs no escapes.
	text := fmt.Appendf(nil, `{"name":"%s","note":"%s","price":%d}`, body.Name, body.Note, body.Price)
	b = append(strconv.AppendInt(b, int64(len(text)), 10), "\r\n\r\n"...)
	c.request = append(b, text...)
}

func appendID(b []byte, id int64, width int) []byte {
	if width == 0 {
		return strconv.AppendInt(b, id, 10)
	}
	return append(b, item.Padded("", id, width)...)
}

var errNoLength = errors.New("the answer has no Content-Length, and is not chunked")

// answer reads an answer and returns its status.
func (c *client) answer() (status int, err error) {
	line, err := c.in.ReadSlice('\n')
	if err != nil {
		return 0, err
	}
	if len(line) < len("HTTP/1.1 200\r\n") {
		return 0, fmt.Errorf("not an answer: %q", line)
	}
	if status, err = strconv.Atoi(string(line[9:12])); err != nil {
		return 0, fmt.Errorf("not an answer: %q", line)
	}
	length, chunked := -1, false
	for {
		if line, err = c.in.ReadSlice('\n'); err != nil {
			return 0, err
		}
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 {
			break
		}
		switch name, value, _ := bytes.Cut(line, []byte(": ")); {
		case bytes.EqualFold(name, []byte("Content-Length")):
			if length, err = strconv.Atoi(string(value)); err != nil {
				return 0, err
			}
		case bytes.EqualFold(name, []byte("Transfer-Encoding")):
			chunked = bytes.EqualFold(value, []byte("chunked"))
		}
	}
	c.body = c.body[:0]
	switch {
	case chunked:
		return status, c.chunks()
	case length < 0:
		return 0, errNoLength
	}
	return status, c.read(length)
}

// read reads the next bytes of the answer's body.
func (c *client) read(n int) error {
	from := len(c.body)
	c.body = slices.Grow(c.body, n)[:from+n]
	_, err := io.ReadFull(c.in, c.body[from:])
	return err
}

// chunks reads a body that comes in chunks.
func (c *client) chunks() error {
	for {
		line, err := c.in.ReadSlice('\n')
		if err != nil {
			return err
		}
		size, err := strconv.ParseInt(string(bytes.TrimRight(line, "\r\n")), 16, 32)
		if err != nil {
			return err
		}
		if err := c.read(int(size)); err != nil {
			return err
		}
		if _, err := c.in.Discard(len("\r\n")); err != nil || size == 0 {
			return err
		}
	}
}
