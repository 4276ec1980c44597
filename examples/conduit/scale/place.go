package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/terem-go/terem/internal/pgserver"
)

// place is all that runs.
type place struct {
	dir      string // for what is written
	env      []string
	program  string // of the application
	postgres *cluster
	pooler   *pgserver.Pooler
	servers  []*process
	workers  []*process
	proxy    *proxy
}

// The application, from the root of the repository.
const application = "examples/conduit"

func start(ctx context.Context, rows int) (p *place, err error) {
	if _, err := os.Stat(filepath.Join(application, "main.go")); err != nil {
		return nil, fmt.Errorf("run it in the root of the repository: %w", err)
	}
	p = &place{}
	defer func() {
		if err != nil {
			err = errors.Join(err, p.stop())
		}
	}()
	if p.dir, err = os.MkdirTemp("", "conduit-scale-"); err != nil {
		return p, err
	}
	say := func(what string) { fmt.Fprintf(os.Stderr, "starting %s …\n", what) }
	say("PostgreSQL and two standbys")
	if p.postgres, err = startCluster(ctx); err != nil {
		return p, err
	}
	say("PgBouncer")
	if p.pooler, err = pgserver.StartPooler(ctx, p.postgres.primary(), 10, app, reader); err != nil {
		return p, err
	}
	p.env = slices.Concat(os.Environ(), []string{
		"ENVIRONMENT=production", "BASE_URL=http://localhost", "LOG_LEVEL=warn", "JOBS=worker", "TRUSTED_PROXIES=127.0.0.0/8",
		"SECRET_KEY=" + rand.Text() + rand.Text(), "REGISTRATIONS=1000000", "REQUEST_TIMEOUT=15s", "DRAIN_TIMEOUT=500ms",
		"DATABASE_URL=" + p.pooler.URL(app, "postgres"), "DATABASE_POOLER=transaction", "DATABASE_READER_URL=" + p.pooler.URL(reader, "postgres"),
		"DATABASE_DIRECT_URL=" + p.postgres.any(app), "DATABASE_REPLICA_URLS=" + p.postgres.replicas(reader)})
	say("the application's build")
	if p.program, err = p.build(ctx, "first", nil); err != nil {
		return p, err
	}
	say(fmt.Sprintf("%d articles", rows))
	if err := p.command(ctx, p.program, "migrate", "up"); err != nil {
		return p, err
	}
	if err := p.command(ctx, p.program, "seed", "--articles", strconv.Itoa(rows)); err != nil {
		return p, err
	}
	say("three servers, two workers and nginx")
	for i := range 3 {
		addr, err := freeAddr()
		if err != nil {
			return p, err
		}
		s := &process{name: fmt.Sprintf("server-%d", i+1), addr: addr, dir: p.dir, env: slices.Concat(p.env, []string{"ADDR=" + addr})}
		p.servers = append(p.servers, s)
		if err := s.start(ctx, p.program); err != nil {
			return p, err
		}
	}
	for i := range 2 {
		w := &process{name: fmt.Sprintf("worker-%d", i+1), dir: p.dir, env: p.env, args: []string{"worker"}}
		p.workers = append(p.workers, w)
		if err := w.start(ctx, p.program); err != nil {
			return p, err
		}
	}
	p.proxy, err = startProxy(ctx, p)
	return p, err
}

// stop ends everything.
func (p *place) stop() error {
	var errs []error
	if p.proxy != nil {
		errs = append(errs, p.proxy.stop())
	}
	for _, x := range append(p.workers, p.servers...) {
		errs = append(errs, x.end(soft))
	}
	if p.pooler != nil {
		errs = append(errs, p.pooler.Stop())
	}
	if p.postgres != nil {
		errs = append(errs, p.postgres.stop())
	}
	if p.dir != "" {
		errs = append(errs, os.RemoveAll(p.dir))
	}
	return errors.Join(errs...)
}

// expanding is the migration of the next version: a column that the version before
// does not know of.
var expanding = map[string]string{
	"migrations/postgres/09999_note.sql": "-- +goose Up\nSET LOCAL lock_timeout = '2s';\nALTER TABLE articles ADD COLUMN note TEXT;\n-- +goose Down\nALTER TABLE articles DROP COLUMN note;\n",
	"migrations/sqlite/09999_note.sql":   "-- +goose Up\nALTER TABLE articles ADD COLUMN note TEXT;\n-- +goose Down\nALTER TABLE articles DROP COLUMN note;\n",
}

// build compiles the application with further files.
func (p *place) build(ctx context.Context, name string, files map[string]string) (string, error) {
	overlay := struct{ Replace map[string]string }{map[string]string{}}
	root, err := filepath.Abs(application)
	if err != nil {
		return "", err
	}
	for file, text := range files {
		written := filepath.Join(p.dir, strings.ReplaceAll(file, "/", "-"))
		if err := os.WriteFile(written, []byte(text), 0o600); err != nil {
			return "", err
		}
		overlay.Replace[filepath.Join(root, file)] = written
	}
	text, err := json.Marshal(overlay)
	if err != nil {
		return "", err
	}
	list := filepath.Join(p.dir, name+".json")
	if err := os.WriteFile(list, text, 0o600); err != nil {
		return "", err
	}
	program := filepath.Join(p.dir, name)
	out, err := exec.CommandContext(ctx, "go", "build", "-overlay", list, "-o", program, "./"+application).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return program, nil
}

// command runs a command of the application to its end.
func (p *place) command(ctx context.Context, program string, args ...string) error {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir, cmd.Env = p.dir, p.env
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", strings.Join(args, " "), err, out)
	}
	return nil
}
