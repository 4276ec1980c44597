package backup

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

func savePostgres(ctx context.Context, u, part string) (tables []Table, err error) {
	conn, err := connect(ctx, u, "")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, conn.Close(context.Background())) }()
	tx, err := conn.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return nil, err
	}
	defer tx.Rollback(context.Background()) //nolint:errcheck // it only read
	var snapshot string
	if err := tx.QueryRow(ctx, "SELECT pg_export_snapshot()").Scan(&snapshot); err != nil {
		return nil, err
	}
	if tables, err = count(ctx, tx); err != nil {
		return nil, err
	}
	if err := program(ctx, conn, "", "pg_dump", "--format=custom", "--no-owner", "--no-privileges", "--snapshot="+snapshot, "--file="+part); err != nil {
		return nil, err
	}
	return tables, check(ctx, u, conn, part, tables)
}

// check restores an archive into a database that is dropped again, and compares
// what is in it.
func check(ctx context.Context, u string, conn *pgx.Conn, file string, want []Table) (err error) {
	name := "terem_check_" + strings.ToLower(rand.Text()[:10])
	side, err := connect(ctx, u, "")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, side.Close(context.Background())) }()
	// What one encoding holds another may not, and how long a text is depends on it.
	var like string
	err = side.QueryRow(ctx, "SELECT format('ENCODING %L LC_COLLATE %L LC_CTYPE %L', pg_encoding_to_char(encoding), datcollate, datctype) FROM pg_database WHERE datname = current_database()").Scan(&like)
	if err != nil {
		return err
	}
	if _, err := side.Exec(ctx, "CREATE DATABASE "+name+" TEMPLATE template0 "+like); err != nil {
		return fmt.Errorf("to check a backup by restoring it, the user must be allowed to create a database: %w", err)
	}
	defer func() {
		_, dropped := side.Exec(context.WithoutCancel(ctx), "DROP DATABASE "+name+" WITH (FORCE)")
		err = errors.Join(err, dropped)
	}()
	if err := program(ctx, conn, name, "pg_restore", "--exit-on-error", "--no-owner", "--no-privileges", "--dbname="+name, file); err != nil {
		return err
	}
	restored, err := connect(ctx, u, name)
	if err != nil {
		return err
	}
	got, err := count(ctx, restored)
	if err := errors.Join(err, restored.Close(ctx)); err != nil {
		return err
	}
	if !slices.Equal(got, want) {
		return fmt.Errorf("the backup holds %v, the database %v", got, want)
	}
	return nil
}

func restorePostgres(ctx context.Context, file, u string, replace bool) (tables []Table, err error) {
	conn, err := connect(ctx, u, "")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, conn.Close(context.Background())) }()
	there, err := count(ctx, conn)
	if err != nil {
		return nil, err
	}
	args := []string{"--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges", "--dbname=" + conn.Config().Database}
	if len(there) > 0 {
		if !replace {
			return nil, fmt.Errorf("the database %s has tables already; --replace drops those that the backup has", conn.Config().Database)
		}
		args = append(args, "--clean", "--if-exists")
	}
	if err := program(ctx, conn, "", "pg_restore", append(args, file)...); err != nil {
		return nil, err
	}
	return count(ctx, conn)
}

// connect connects to one server by a URL: pg_dump must reach the same one, as
// safely.
func connect(ctx context.Context, u, database string) (*pgx.Conn, error) {
	c, err := pgx.ParseConfig(u)
	if err != nil {
		return nil, err
	}
	if strings.Contains(c.Host, ",") || len(c.Fallbacks) > 0 && c.Fallbacks[len(c.Fallbacks)-1].Host != c.Host {
		return nil, errors.New("the URL names several servers; name the one to use")
	}
	if database != "" {
		c.Database = database
	}
	c.RuntimeParams["application_name"] = "terem db"
	conn, err := pgx.ConnectConfig(ctx, c)
	if e, ok := errors.AsType[*pgconn.PgError](err); ok && e.Code == "3D000" {
		return nil, fmt.Errorf("there is no database %s; createdb makes it", c.Database)
	}
	return conn, err
}

// count counts the rows of all tables outside of PostgreSQL's own schemas.
func count(ctx context.Context, q interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}) ([]Table, error) {
	rows, err := q.Query(ctx, `SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE c.relkind = 'r' AND c.relpersistence = 'p' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' ORDER BY n.nspname, c.relname`)
	if err != nil {
		return nil, err
	}
	tables, err := pgx.CollectRows(rows, func(r pgx.CollectableRow) (t Table, err error) { return t, r.Scan(&t.Name) })
	for i := range tables {
		if err == nil {
			err = q.QueryRow(ctx, "SELECT count(*) FROM "+tables[i].Name).Scan(&tables[i].Rows)
		}
	}
	return tables, err
}

// program runs one of PostgreSQL's programs on the server of a connection. What is
// secret goes by the environment, which other users cannot read.
func program(ctx context.Context, conn *pgx.Conn, database, name string, args ...string) error {
	path, err := exec.LookPath(name)
	if err != nil {
		return fmt.Errorf("%s is not in PATH: install PostgreSQL's client programs (Debian, Ubuntu: apt-get install postgresql-client)", name)
	}
	c := conn.Config()
	env := map[string]string{
		"PGHOST": c.Host, "PGPORT": strconv.Itoa(int(c.Port)), "PGUSER": c.User, "PGPASSWORD": c.Password,
		"PGDATABASE": c.Database, "PGAPPNAME": "terem db",
	}
	if database != "" {
		env["PGDATABASE"] = database
	}
	if u, err := url.Parse(c.ConnString()); err == nil {
		for _, option := range []string{"sslmode", "sslrootcert", "sslcert", "sslkey"} {
			if v := u.Query().Get(option); v != "" {
				env["PG"+strings.ToUpper(option)] = v
			}
		}
	}
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Env = os.Environ()
	for _, k := range slices.Sorted(maps.Keys(env)) {
		cmd.Env = append(cmd.Env, k+"="+env[k])
	}
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil { // which has killed it
			return ctx.Err()
		}
		return fmt.Errorf("%s: %w: %s", filepath.Base(path), err, strings.TrimSpace(stderr.String()))
	}
	return nil
}
