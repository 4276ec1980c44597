package postgres

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/terem-go/terem/db"
)

// open opens the engine for a URL and the settings of db.Config that go with it.
func open(ctx context.Context, url string, c db.Config) (db.Engine, error) {
	p := pools{log: c.Logger}
	switch {
	case c.Pooler != "" && c.Pooler != "transaction":
		return nil, errors.New("postgres: the only Pooler that needs to be known of is transaction; leave it empty for one that keeps a connection for each client")
	case c.Pooler != "" && (c.Direct == "" || c.Readers == ""):
		return nil, errors.New("postgres: with a Pooler, db.Config needs Direct, a URL that leads past it, and Readers, one of a role that only reads")
	}
	p.pooled = c.Pooler != ""
	var errs [3]error
	p.writers, errs[0] = parse("the database URL", url, p.pooled)
	p.readers, errs[1] = parse("the URL of the readers", cmp.Or(c.Readers, url), p.pooled)
	p.direct, errs[2] = parse("the direct URL", cmp.Or(c.Direct, url), false)
	if err := cmp.Or(errs[:]...); err != nil {
		return nil, err
	}
	for i, r := range c.Replicas {
		config, err := parse(fmt.Sprintf("the URL of replica %d", i+1), r, p.pooled)
		if err != nil {
			return nil, err
		}
		p.replicas = append(p.replicas, config)
	}
	return newEngine(ctx, p)
}

// parse reads a URL, with defaults where that says nothing.
func parse(what, url string, pooled bool) (*pgxpool.Config, error) {
	c, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, badURL(what, parseReason(err))
	}
	if strings.Contains(c.ConnConfig.Database, "@") { // a part of the password, and errors show it
		return nil, badURL(what, "an unescaped / in the password")
	}
	if !strings.Contains(url, "pool_max_conns=") {
		c.MaxConns = int32(max(8, 2*runtime.NumCPU()))
	}
	if c.MaxConnLifetimeJitter == 0 {
		c.MaxConnLifetimeJitter = c.MaxConnLifetime / 10
	}
	if c.ConnConfig.ConnectTimeout == 0 {
		c.ConnConfig.ConnectTimeout = 5 * time.Second
	}
	if c.PingTimeout == 0 { // of a connection that was idle; its network may be gone
		c.PingTimeout = 2 * time.Second
	}
	if pooled && !strings.Contains(url, "default_query_exec_mode=") {
		c.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeCacheDescribe
	}
	setDefault(c.ConnConfig, "application_name", "terem")
	return c, nil
}

// badURL says what is wrong with a URL, and how it should look.
func badURL(what, reason string) error {
	return errors.New("postgres: " + what + " cannot be used (" + reason + "); it should look like " +
		"postgres://user:password@host:5432/name?sslmode=verify-full, with special characters of the password percent-encoded")
}

// parseReason returns the fixed words that pgx's reason begins with. The rest
// may hold parts of the password.
func parseReason(err error) string {
	parts := strings.Split(err.Error(), "`") // cannot parse `url`: reason (cause)
	if len(parts) != 3 {
		return "it cannot be parsed"
	}
	reason := strings.TrimPrefix(parts[2], ": ")
	if end := strings.IndexAny(reason, ":("); end >= 0 {
		reason = reason[:end]
	}
	return strings.TrimSpace(reason)
}

// parseLimits takes max_waiting and max_wait out of the parameters that a URL
// gives, which are the server's otherwise.
func parseLimits(params map[string]string) (limits, error) {
	l := limits{maxWaiting: 1000, maxWait: time.Second}
	if s, ok := params["max_waiting"]; ok {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 {
			return l, errors.New("postgres: the option max_waiting of the database URL is a number from 1")
		}
		l.maxWaiting = n
	}
	if s, ok := params["max_wait"]; ok {
		d, err := time.ParseDuration(s)
		if err != nil || d < 0 {
			return l, errors.New("postgres: the option max_wait of the database URL is a duration such as 500ms or 5s")
		}
		l.maxWait = d
	}
	delete(params, "max_waiting")
	delete(params, "max_wait")
	return l, nil
}
