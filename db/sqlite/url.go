package sqlite

import (
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// settings are what the database's URL says.
type settings struct {
	path        string // absolute
	synchronous string
	busyTimeout time.Duration
	readers     int
	maxWaiting  int
	maxWait     time.Duration
}

// Path returns the absolute path of the file that a database's URL names, such as
// sqlite:shop.db. It fails if the URL is not one of SQLite or wrong.
func Path(url string) (string, error) {
	if !strings.HasPrefix(url, "sqlite:") {
		return "", errors.New("sqlite: the URL is not one of SQLite; write sqlite:shop.db")
	}
	c, err := parseURL(url)
	return c.path, err
}

// parseURL reads sqlite:shop.db, sqlite:./data/shop.db, sqlite:/data/shop.db or
// sqlite:///data/shop.db, with options behind a question mark.
func parseURL(s string) (settings, error) {
	rest, _ := strings.CutPrefix(s, "sqlite:")
	name, query, _ := strings.Cut(rest, "?")
	if after, ok := strings.CutPrefix(name, "//"); ok {
		if !strings.HasPrefix(after, "/") {
			return settings{}, fmt.Errorf("sqlite: %q has a host name; write sqlite:%s for a path from here, or sqlite:///%s for one from the root", s, after, after)
		}
		name = after
	}
	name, err := url.PathUnescape(name)
	if err != nil {
		return settings{}, fmt.Errorf("sqlite: the path in %q: %w; write %%25 for a percent sign", s, err)
	}
	switch name {
	case "":
		return settings{}, fmt.Errorf("sqlite: %q names no file; write sqlite:shop.db", s)
	case ":memory:", "file::memory:":
		return settings{}, errors.New("sqlite: a database in memory cannot be shared by a writer and readers; use a file in a temporary directory")
	}
	c := settings{
		synchronous: "full",
		busyTimeout: 5 * time.Second,
		readers:     max(4, 2*runtime.GOMAXPROCS(0)),
		maxWaiting:  1000,
		maxWait:     time.Second,
	}
	if c.path, err = filepath.Abs(name); err != nil {
		return settings{}, fmt.Errorf("sqlite: %w", err)
	}
	options, err := url.ParseQuery(query)
	if err != nil {
		return settings{}, fmt.Errorf("sqlite: the options in %q: %w", s, err)
	}
	for name, values := range options {
		if err := c.set(name, values[len(values)-1]); err != nil {
			return settings{}, fmt.Errorf("sqlite: the option %s in %q %w", name, s, err)
		}
	}
	return c, nil
}

func (c *settings) set(name, value string) (err error) {
	switch name {
	case "synchronous":
		c.synchronous = value
		if value != "full" && value != "normal" && value != "off" {
			err = errors.New("is full, normal or off")
		}
	case "busy_timeout":
		c.busyTimeout, err = duration(value)
	case "max_wait":
		c.maxWait, err = duration(value)
	case "readers":
		c.readers, err = count(value)
	case "max_waiting":
		c.maxWaiting, err = count(value)
	default:
		err = errors.New("is unknown; there are busy_timeout, max_wait, max_waiting, readers and synchronous")
	}
	return err
}

func duration(s string) (time.Duration, error) {
	d, err := time.ParseDuration(s)
	if err != nil || d < 0 {
		return 0, errors.New("is a duration such as 500ms or 5s")
	}
	return d, nil
}

func count(s string) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 {
		return 0, errors.New("is a number from 1")
	}
	return n, nil
}

// dsn returns what the driver opens a connection by. Text in double quotes is
// a name on all of them, as on PostgreSQL, never a string.
func (c settings) dsn(mode string, more url.Values, pragmas ...string) string {
	q := url.Values{
		"mode":       {mode},
		"_defensive": {"1"},
		"_dqs":       {"0"},
		"_error_rc":  {"1"},
		"_pragma":    append(pragmas, "trusted_schema(OFF)", fmt.Sprintf("busy_timeout(%d)", c.busyTimeout.Milliseconds())),
	}
	for name, values := range more {
		q[name] = values
	}
	file := url.URL{Scheme: "file", Opaque: (&url.URL{Path: c.path}).EscapedPath(), RawQuery: q.Encode()}
	return file.String()
}
