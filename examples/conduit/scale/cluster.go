package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/terem-go/terem/internal/pgserver"
)

// The roles of the application.
const (
	app    = "app"
	reader = "reader"
)

// cluster is a primary and what follows it.
type cluster struct {
	first    *pgserver.Server
	standbys []*pgserver.Server
	promoted *pgserver.Server // nil until the first is lost
}

func startCluster(ctx context.Context) (c *cluster, err error) {
	c = &cluster{}
	defer func() {
		if err != nil {
			err = errors.Join(err, c.stop())
		}
	}()
	if c.first, err = pgserver.Start(ctx, pgserver.Options{}); err != nil {
		return c, err
	}
	for _, sql := range []string{
		"CREATE ROLE app LOGIN", "GRANT ALL ON SCHEMA public TO app",
		// So that sessions can find out, after a failover, whether they were committed.
		"CREATE EXTENSION pg_walinspect", "GRANT EXECUTE ON FUNCTION pg_get_wal_records_info(pg_lsn, pg_lsn) TO app",
		"CREATE ROLE reader LOGIN", "ALTER ROLE reader SET default_transaction_read_only = on", "GRANT pg_read_all_data TO reader",
	} {
		if err := execute(ctx, c.first, sql); err != nil {
			return c, err
		}
	}
	for range 2 {
		s, err := pgserver.Start(ctx, pgserver.Options{StandbyOf: c.first, Settings: map[string]string{"wal_retrieve_retry_interval": "200ms"}})
		if err != nil {
			return c, err
		}
		c.standbys = append(c.standbys, s)
	}
	return c, synchronous(ctx, c.first)
}

func (c *cluster) stop() error {
	var errs []error
	for _, s := range append(c.standbys, c.first) {
		if s != nil {
			errs = append(errs, s.Stop())
		}
	}
	return errors.Join(errs...)
}

// primary is the server that can be written to.
func (c *cluster) primary() *pgserver.Server {
	if c.promoted != nil {
		return c.promoted
	}
	return c.first
}

// any is the URL of whichever server can be written to.
func (c *cluster) any(role string) string {
	var hosts, ports []string
	for _, s := range append([]*pgserver.Server{c.first}, c.standbys...) {
		q := address(s)
		hosts, ports = append(hosts, q.Get("host")), append(ports, q.Get("port"))
	}
	q := url.Values{"host": {strings.Join(hosts, ",")}, "port": {strings.Join(ports, ",")}, "target_session_attrs": {"read-write"}}
	return (&url.URL{Scheme: "postgres", User: url.User(role), Path: "/postgres", RawQuery: q.Encode()}).String()
}

// replicas are the URLs of the standbys.
func (c *cluster) replicas(role string) string {
	var list []string
	for _, s := range c.standbys {
		list = append(list, strings.Replace(s.URL("postgres"), "//postgres@", "//"+role+"@", 1))
	}
	return strings.Join(list, ",")
}

func address(s *pgserver.Server) url.Values {
	u, _ := url.Parse(s.URL("postgres")) // never fails
	return u.Query()
}

// promote makes that standby the primary which has received most, and has the
// other one follow it. One of them has every commit that was acknowledged.
func (c *cluster) promote(ctx context.Context) error {
	next, other := c.standbys[0], c.standbys[1]
	ahead, err := received(ctx, other)
	if err != nil {
		return err
	}
	here, err := received(ctx, next)
	if err != nil {
		return err
	}
	if ahead > here {
		next, other = other, next
	}
	if err := errors.Join(synchronous(ctx, next), execute(ctx, next, "SELECT pg_promote()")); err != nil {
		return err
	}
	q := address(next)
	info := fmt.Sprintf("host=%s port=%s user=postgres", q.Get("host"), q.Get("port"))
	for _, sql := range []string{"ALTER SYSTEM SET primary_conninfo = '" + info + "'", "SELECT pg_reload_conf()"} {
		if err := execute(ctx, other, sql); err != nil {
			return err
		}
	}
	c.promoted = next
	return nil
}

// synchronous has a server acknowledge a commit once one of its standbys has it on
// its disk.
func synchronous(ctx context.Context, s *pgserver.Server) error {
	return errors.Join(execute(ctx, s, "ALTER SYSTEM SET synchronous_standby_names = 'ANY 1 (*)'"), execute(ctx, s, "SELECT pg_reload_conf()"))
}

// received tells how much of the log a standby has, in bytes.
func received(ctx context.Context, s *pgserver.Server) (n int64, err error) {
	err = with(ctx, s, func(c *pgx.Conn) error {
		return c.QueryRow(ctx, "SELECT (pg_last_wal_receive_lsn() - '0/0')::bigint").Scan(&n)
	})
	return n, err
}

func execute(ctx context.Context, s *pgserver.Server, sql string) error {
	return with(ctx, s, func(c *pgx.Conn) error {
		_, err := c.Exec(ctx, sql)
		return err
	})
}

func with(ctx context.Context, s *pgserver.Server, f func(c *pgx.Conn) error) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	c, err := pgx.Connect(ctx, s.URL("postgres"))
	if err != nil {
		return err
	}
	return errors.Join(f(c), c.Close(ctx))
}
