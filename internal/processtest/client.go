package processtest

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// Client is an HTTP client on one connection that is kept alive. It repeats
// nothing, unlike http.Client, so that a test sees what becomes of each request.
// One goroutine uses it at a time. The zero value but for Addr is usable.
type Client struct {
	Addr   string // host and port
	Bearer string // an access token to send, or ""

	conn net.Conn
	read *bufio.Reader
	used bool // a request was answered on the connection
}

// Response is a whole response.
type Response struct {
	Status int
	Header http.Header
	Body   []byte
	Last   bool // the server closes the connection after it
}

// Failure says how far a request came that was not answered.
type Failure string

// The failures.
const (
	Refused Failure = "no connection"                                    // nothing was sent
	Idle    Failure = "an idle connection was closed"                    // before the first byte of an answer
	Fresh   Failure = "a new connection was closed"                      // before the first byte of an answer
	Cut     Failure = "the answer was cut off after its first byte"      // never the client's fault
	Silent  Failure = "no answer came within the time that a test waits" // the server hangs
)

// Error implements error.
func (f Failure) Error() string { return string(f) }

const answerLimit = 30 * time.Second

// Do sends a request with a value as its JSON body, nil for none, and returns
// the answer. The error is a Failure with its cause.
func (c *Client) Do(method, path string, body any) (Response, error) {
	r, err := c.request(method, path, body)
	if err != nil {
		return Response{}, err
	}
	if c.conn == nil {
		if c.conn, err = net.Dial("tcp", c.Addr); err != nil {
			c.conn = nil
			return Response{}, fmt.Errorf("%w: %w", Refused, err)
		}
		c.read, c.used = bufio.NewReader(c.conn), false
	}
	res, kind, err := c.exchange(r)
	if err != nil || res.Last {
		c.Close()
	}
	c.used = true
	if err != nil {
		return res, fmt.Errorf("%w: %w", kind, err)
	}
	return res, nil
}

// Close closes the connection. The next request opens another one.
func (c *Client) Close() {
	if c.conn != nil {
		_ = c.conn.Close()
		c.conn = nil
	}
}

func (c *Client) request(method, path string, body any) (*http.Request, error) {
	var b bytes.Buffer
	if body != nil {
		if err := json.NewEncoder(&b).Encode(body); err != nil {
			return nil, err
		}
	}
	r, err := http.NewRequest(method, "http://"+c.Addr+path, &b)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/json")
	if c.Bearer != "" {
		r.Header.Set("Authorization", "Bearer "+c.Bearer)
	}
	return r, nil
}

// exchange sends a request and reads the answer, or says how far it came.
func (c *Client) exchange(r *http.Request) (res Response, kind Failure, err error) {
	kind = Fresh
	if c.used {
		kind = Idle
	}
	_ = c.conn.SetDeadline(time.Now().Add(answerLimit))
	sent := r.Write(c.conn) // also when it fails there may be an answer
	if _, err := c.read.Peek(1); err != nil {
		if e, ok := err.(net.Error); ok && e.Timeout() {
			kind = Silent
		}
		return res, kind, fmt.Errorf("%w (sending: %v)", err, sent)
	}
	answer, err := http.ReadResponse(c.read, r)
	if err != nil {
		return res, Cut, err
	}
	defer answer.Body.Close()
	if res.Body, err = io.ReadAll(answer.Body); err != nil {
		return res, Cut, err
	}
	res.Status, res.Header, res.Last = answer.StatusCode, answer.Header, answer.Close
	return res, "", nil
}
