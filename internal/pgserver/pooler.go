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
	"syscall"
	"time"
)

// ErrNoPooler says that the machine has no PgBouncer, and how to install it.
var ErrNoPooler = errors.New("pgserver: PgBouncer is not installed: pgbouncer is not in PATH or /usr/sbin; " +
	"install it (Debian, Ubuntu: apt-get install pgbouncer)")

// Pooler is a PgBouncer before a server. It hands a connection of the server to
// another client after each transaction.
type Pooler struct {
	keeper  *keeper
	port    int
	size    int
	program *process
}

// poolerConfig leaves everything beside the pooling as PgBouncer has it, but for how
// soon it tries a server again that was away: by itself after 15 seconds. It lets in
// who is on its list without a password, as the server does.
const poolerConfig = `[databases]
* = host=%s port=%d
[pgbouncer]
pool_mode = transaction
default_pool_size = %d
server_login_retry = 1
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
	p := &Pooler{keeper: k, port: 6432, size: size}
	if err := p.boot(ctx, program, s, append(roles, superuser)); err != nil {
		return nil, errors.Join(err, p.Stop())
	}
	return p, nil
}

func (p *Pooler) boot(ctx context.Context, program string, s *Server, roles []string) error {
	ctx, cancel := context.WithTimeoutCause(ctx, limit, errSlow)
	defer cancel()
	var list strings.Builder
	for _, role := range roles {
		fmt.Fprintf(&list, "%q %q\n", role, "")
	}
	if err := errors.Join(p.configure(s), os.WriteFile(p.file("users.txt"), []byte(list.String()), readable)); err != nil {
		return fmt.Errorf("pgserver: %w", err)
	}
	started, err := p.keeper.start("-TERM", nil, nil, program, p.file("pgbouncer.ini"))
	if err != nil {
		return err
	}
	p.program = started
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

// readable is the mode of files that the account reads which the pooler runs as.
const readable = 0o644

func (p *Pooler) file(name string) string { return filepath.Join(p.keeper.dir, name) }

// configure writes the pooler's configuration, for a server.
func (p *Pooler) configure(s *Server) error {
	text := fmt.Sprintf(poolerConfig, s.keeper.dir, s.port, p.size, p.file("users.txt"), p.keeper.dir, p.port)
	return os.WriteFile(p.file("pgbouncer.ini"), []byte(text), readable)
}

// Follow lets the pooler go on with another server: that which was a standby
// before it was promoted. New transactions go there; those that are under way on
// the old one end with it.
func (p *Pooler) Follow(s *Server) error {
	if err := p.configure(s); err != nil {
		return fmt.Errorf("pgserver: %w", err)
	}
	return p.program.cmd.Process.Signal(syscall.SIGHUP) // which has it read its configuration again
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
