package pgserver

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// ErrNoPooler says that the machine has no PgBouncer, and how to install it.
var ErrNoPooler = errors.New("pgserver: PgBouncer is not installed: pgbouncer is not in PATH or /usr/sbin; " +
	"install it (Debian, Ubuntu: apt-get install pgbouncer)")

// Pooler is a PgBouncer before a server. It hands a connection of the server to
// another client after each transaction.
type Pooler struct {
	keeper *keeper
	port   int
}

// poolerConfig leaves everything beside the pooling as PgBouncer has it. It lets
// in who is on its list without a password, as the server does.
const poolerConfig = `[databases]
* = host=%s port=%d
[pgbouncer]
pool_mode = transaction
default_pool_size = %d
auth_type = trust
auth_file = %s
unix_socket_dir = %s
listen_addr =
listen_port = %d
`

// StartPooler starts PgBouncer before a server and returns when it accepts
// connections: of the superuser and of further roles, each of which shares size
// connections of the server to a database. It returns ErrNoPooler when the machine
// has none.
func StartPooler(ctx context.Context, s *Server, size int, roles ...string) (*Pooler, error) {
	program, err := exec.LookPath("pgbouncer")
	if err != nil {
		program, err = exec.LookPath("/usr/sbin/pgbouncer")
	}
	if err != nil {
		return nil, ErrNoPooler
	}
	attr, err := attributes()
	if err != nil {
		return nil, err
	}
	k, err := newKeeper(attr, Options{}.directories())
	if err != nil {
		return nil, err
	}
	p := &Pooler{keeper: k, port: 6432}
	if err := p.boot(ctx, program, s, size, append(roles, superuser)); err != nil {
		return nil, errors.Join(err, p.Stop())
	}
	return p, nil
}

func (p *Pooler) boot(ctx context.Context, program string, s *Server, size int, roles []string) error {
	ctx, cancel := context.WithTimeoutCause(ctx, limit, errSlow)
	defer cancel()
	dir := p.keeper.dir
	config, users := filepath.Join(dir, "pgbouncer.ini"), filepath.Join(dir, "users.txt")
	text := fmt.Sprintf(poolerConfig, s.keeper.dir, s.port, size, users, dir, p.port)
	var list strings.Builder
	for _, role := range roles {
		fmt.Fprintf(&list, "%q %q\n", role, "")
	}
	// 0644, since they are read by the account that the pooler runs as.
	if err := errors.Join(os.WriteFile(config, []byte(text), 0o644), os.WriteFile(users, []byte(list.String()), 0o644)); err != nil {
		return fmt.Errorf("pgserver: %w", err)
	}
	started, err := p.keeper.start("-TERM", nil, nil, program, config)
	if err != nil {
		return err
	}
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for {
		c, err := net.Dial("unix", p.Socket())
		if err == nil {
			return c.Close()
		}
		select {
		case <-started.done:
			return started.failure("ended before it accepted connections")
		case <-ctx.Done():
			return fmt.Errorf("%w: %w", started.failure("does not accept connections"), context.Cause(ctx))
		case <-tick.C:
		}
	}
}

// URL returns the URL of a database by way of the pooler, as a role.
func (p *Pooler) URL(role, database string) string {
	u, _ := url.Parse(databaseURL("", database, url.Values{"host": {p.keeper.dir}, "port": {strconv.Itoa(p.port)}})) // never fails
	u.User = url.User(role)
	return u.String()
}

// Socket returns the path of the Unix socket, for proxies.
func (p *Pooler) Socket() string {
	return filepath.Join(p.keeper.dir, ".s.PGSQL."+strconv.Itoa(p.port))
}

// Stop ends the pooler at once. The server goes on.
func (p *Pooler) Stop() error { return p.keeper.release() }
