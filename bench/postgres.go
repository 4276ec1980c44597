package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/terem-go/terem/bench/item"
	"github.com/terem-go/terem/internal/pgserver"
)

// postgres is a private server with a database that others are copied from.
type postgres struct {
	server     *pgserver.Server
	admin      *pgx.Conn
	postmaster int // its process
	version    string
	made       int // how many databases
}

const template = "filled"

// startPostgres starts a server with a database of items.
func startPostgres(ctx context.Context) (*postgres, error) {
	p, err := newPostgres(ctx, "128MB")
	if err != nil {
		return nil, err
	}
	if _, err = p.admin.Exec(ctx, "CREATE DATABASE "+template); err == nil {
		err = p.fill(ctx)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("PostgreSQL: %w", err), p.stop())
	}
	return p, nil
}

// newPostgres starts a server with so much shared memory. It keeps its files in
// memory and does not wait for a disk, so that what is measured is the code. Nothing
// runs on it that the contestants did not ask for.
func newPostgres(ctx context.Context, buffers string) (_ *postgres, err error) {
	s, err := pgserver.Start(ctx, pgserver.Options{Settings: map[string]string{
		"autovacuum": "off", "jit": "off", "shared_buffers": buffers, "timezone": "UTC",
	}})
	if err != nil {
		return nil, fmt.Errorf("PostgreSQL: %w", err)
	}
	p := &postgres{server: s}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("PostgreSQL: %w", err), p.stop())
		}
	}()
	if p.admin, err = pgx.Connect(ctx, s.URL("postgres")); err != nil {
		return nil, err
	}
	var backend int
	err = p.admin.QueryRow(ctx, "SELECT pg_backend_pid(), current_setting('server_version')").Scan(&backend, &p.version)
	if err != nil {
		return nil, err
	}
	p.postmaster, err = parentOf(backend)
	return p, err
}

// fill makes the table and its rows.
func (p *postgres) fill(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, p.server.URL(template))
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, item.Postgres); err != nil {
		return err
	}
	_, err = conn.CopyFrom(ctx, pgx.Identifier{"items"}, []string{"id", "name", "note", "price", "created_at"},
		pgx.CopyFromSlice(item.Rows, func(i int) ([]any, error) {
			it := item.Of(int64(i) + 1)
			return []any{it.ID, it.Name, it.Note, it.Price, it.CreatedAt}, nil
		}))
	if err != nil {
		return err
	}
	for _, sql := range []string{
		fmt.Sprintf("ALTER TABLE items ALTER COLUMN id RESTART WITH %d", item.Rows+1),
		"VACUUM ANALYZE items",
		"CHECKPOINT",
	} {
		if _, err := conn.Exec(ctx, sql); err != nil {
			return err
		}
	}
	return nil
}

// fresh makes a database of items and returns its URL, how many rows it has, and its
// end.
func (p *postgres) fresh(ctx context.Context) (database, error) {
	d, err := p.copyOf(ctx, template)
	d.count = func(ctx context.Context) (n int, err error) {
		conn, err := pgx.Connect(ctx, d.url)
		if err != nil {
			return 0, err
		}
		defer conn.Close(ctx)
		return n, conn.QueryRow(ctx, "SELECT count(*) FROM items").Scan(&n)
	}
	return d, err
}

// copyOf makes a copy of a database that nobody is connected to.
func (p *postgres) copyOf(ctx context.Context, original string) (database, error) {
	p.made++
	name := fmt.Sprintf("bench%d", p.made)
	if _, err := p.admin.Exec(ctx, "CREATE DATABASE "+name+" TEMPLATE "+original); err != nil {
		return database{}, fmt.Errorf("PostgreSQL: %w", err)
	}
	return database{url: p.server.URL(name), drop: func(ctx context.Context) error {
		_, err := p.admin.Exec(ctx, "DROP DATABASE "+name+" WITH (FORCE)")
		return err
	}}, nil
}

func (p *postgres) stop() error { return p.server.Stop() }

// database is one that a contestant gets for itself.
type database struct {
	url   string
	count func(context.Context) (int, error) // of rows
	drop  func(context.Context) error
}
