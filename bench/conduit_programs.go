package main

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/terem-go/terem/auth"
)

// conduits are the contestants, and what they need.
type conduits struct {
	conduitPlan
	dir      string
	postgres *postgres
	programs []conduitProgram // examples/conduit and the one by hand
	secret   string           // that tokens are signed with
	seed     uint64           // of what the load chooses

	tokens, slugs, tags []string // of the database that both programs have

	samples map[string][]conduitSample // by the row, / and the contestant; one for each round
}

// conduitProgram is one that the bench starts.
type conduitProgram struct {
	name, path string
	debug      string   // the variable for the address that profiles are served at
	env        []string // the others
}

// seeded is the database that others are copied from, and conduitRole who owns it.
const seeded, conduitRole = "seeded", "conduit"

func newConduits(ctx context.Context, p conduitPlan) (_ *conduits, err error) {
	c := &conduits{conduitPlan: p, secret: rand64() + rand64(), seed: rand.Uint64() >> 16, samples: map[string][]conduitSample{}}
	if c.dir, err = os.MkdirTemp("", "terem-bench-"); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, c.close())
		}
	}()
	if p.profile != "" {
		if err = os.MkdirAll(p.profile, 0o755); err != nil {
			return nil, err
		}
	}
	if err = c.build(ctx); err != nil {
		return nil, err
	}
	if c.postgres, err = newPostgres(ctx, "1GB"); err != nil {
		return nil, err
	}
	if err = c.fill(ctx); err != nil {
		return nil, err
	}
	for _, peer := range p.peers {
		if err = peer.prepare(ctx, c.seed); err != nil {
			return nil, fmt.Errorf("%s: %w", peer.name, err)
		}
	}
	return c, nil
}

func (c *conduits) close() (err error) {
	if c.postgres != nil {
		err = c.postgres.stop()
	}
	return errors.Join(err, os.RemoveAll(c.dir))
}

func rand64() string { return strconv.FormatUint(rand.Uint64()|1<<63, 10) } // 19 or 20 figures

// build compiles the two programs.
func (c *conduits) build(ctx context.Context) error {
	key, err := auth.DeriveKey(c.secret, "access tokens") // as examples/conduit does it
	if err != nil {
		return err
	}
	c.programs = []conduitProgram{
		{name: "hand", debug: "DEBUG_ADDR", env: []string{"TOKEN_KEY=" + hex.EncodeToString(key)}},
		{name: "terem", debug: "ADMIN_ADDR", env: []string{"SECRET_KEY=" + c.secret, "ENVIRONMENT=production", "BASE_URL=https://conduit.example", "LOG_LEVEL=warn"}},
	}
	for i, pkg := range []string{"./conduit/hand", "../examples/conduit"} {
		program := &c.programs[i]
		program.path = filepath.Join(c.dir, program.name)
		cmd := exec.CommandContext(ctx, "go", "build", "-o", program.path, ".")
		cmd.Dir = pkg // which may be of another module
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("building %s: %w\n%s", program.name, err, out)
		}
	}
	return nil
}

// url returns the URL of a database as its owner.
func (c *conduits) url(database string) string {
	u, err := url.Parse(database)
	if err != nil {
		panic(err) // the bench has made it
	}
	u.User = url.User(conduitRole)
	return u.String()
}

// fill makes the database that others are copied from: examples/conduit migrates it,
// fills it, and logs the clients in.
func (c *conduits) fill(ctx context.Context) error {
	for _, sql := range []string{"CREATE ROLE " + conduitRole + " LOGIN", "CREATE DATABASE " + seeded + " OWNER " + conduitRole} {
		if _, err := c.postgres.admin.Exec(ctx, sql); err != nil {
			return err
		}
	}
	conduit, address := c.programs[1], c.postgres.server.URL(seeded)
	for _, args := range [][]string{{"migrate", "up"}, {"seed", "--articles", strconv.Itoa(c.articles), "--users", strconv.Itoa(c.users)}} {
		cmd := exec.CommandContext(ctx, conduit.path, args...)
		cmd.Dir, cmd.Env = c.dir, append(os.Environ(), append(conduit.env, "DATABASE_URL="+c.url(address))...)
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("conduit %s: %w\n%s", args[0], err, out)
		}
	}
	for i := range c.articles {
		c.slugs = append(c.slugs, fmt.Sprintf("article-%d", i+1))
	}
	for i := range 10 {
		c.tags = append(c.tags, fmt.Sprintf("topic%d", i), fmt.Sprintf("theme%d", i), fmt.Sprintf("detail%d", i)) // of ten, a hundred, a thousand
	}
	p, _, err := c.start(ctx, conduit, address)
	if err != nil {
		return err
	}
	for i := range clients {
		token, err := logIn(ctx, "http://"+p.flags.Addr+"/api/users/login", map[string]string{"email": fmt.Sprintf("user%d@example.com", i+1), "password": "jakejake"})
		if err != nil {
			end(p)
			return err
		}
		c.tokens = append(c.tokens, token)
	}
	end(p)
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	for _, sql := range []string{"VACUUM ANALYZE", "CHECKPOINT"} {
		if _, err := conn.Exec(ctx, sql); err != nil {
			return err
		}
	}
	return nil
}

// logIn posts a user, and returns the token in the answer.
func logIn(ctx context.Context, url string, user map[string]string) (string, error) {
	body, err := json.Marshal(map[string]any{"user": user})
	if err != nil {
		return "", err
	}
	var got struct{ User struct{ Token string } }
	status, text, err := conduitAnswer(ctx, "POST", url, "", string(body))
	if err != nil {
		return "", err
	}
	if err := json.Unmarshal(text, &got); err != nil || got.User.Token == "" {
		return "", fmt.Errorf("POST %s has no token: %d %s", url, status, bytes.TrimSpace(text))
	}
	return got.User.Token, nil
}

// conduitAnswer sends a request, with a token unless that is "".
func conduitAnswer(ctx context.Context, method, url, token, body string) (status int, text []byte, err error) {
	r, err := http.NewRequestWithContext(ctx, method, url, bytes.NewBufferString(body))
	if err != nil {
		return 0, nil, err
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		r.Header.Set("Authorization", "Token "+token)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, nil, err
	}
	defer answer.Body.Close()
	text, err = io.ReadAll(answer.Body)
	return answer.StatusCode, text, err
}

// fresh makes a database for a program.
func (c *conduits) fresh(ctx context.Context) (database, error) {
	return c.postgres.copyOf(ctx, seeded)
}

// start starts a program, and returns how long it took to its first answer.
func (c *conduits) start(ctx context.Context, program conduitProgram, url string) (*process, time.Duration, error) {
	p := &process{ended: make(chan struct{})}
	var err error
	if p.flags.Addr, err = freeAddr(); err != nil {
		return nil, 0, err
	}
	p.cmd = exec.CommandContext(ctx, program.path)
	p.cmd.Dir, p.cmd.Env = c.dir, append(os.Environ(), append(program.env, "ADDR="+p.flags.Addr, "DATABASE_URL="+c.url(url))...)
	if c.profile != "" {
		if p.flags.Debug, err = freeAddr(); err != nil {
			return nil, 0, err
		}
		p.cmd.Env = append(p.cmd.Env, program.debug+"="+p.flags.Debug)
	}
	p.cmd.Stdout, p.cmd.Stderr = &p.log, &p.log
	if p.stdin, err = p.cmd.StdinPipe(); err != nil {
		return nil, 0, err
	}
	began := time.Now()
	if err := p.cmd.Start(); err != nil {
		return nil, 0, err
	}
	go func() {
		_ = p.cmd.Wait() // how it ended is in its log
		close(p.ended)
	}()
	if err = p.await(ctx, p.flags.Addr); err == nil {
		var status int
		if status, _, err = conduitAnswer(ctx, "GET", "http://"+p.flags.Addr+"/api/articles?limit=1", "", ""); err == nil && status != http.StatusOK {
			err = fmt.Errorf("its first answer has the status %d", status)
		}
	}
	if err != nil {
		end(p)
		return nil, 0, fmt.Errorf("%s: %w\n%s", program.name, err, p.log.Bytes())
	}
	return p, time.Since(began), nil
}

// end ends a program.
func end(p *process) {
	_ = p.cmd.Process.Signal(os.Interrupt) // it may have ended
	p.stop()
}

// profiled writes a CPU profile while a program is measured, if asked for.
func (c *conduits) profiled(p *process, name string) <-chan error {
	done := make(chan error, 1)
	if c.profile == "" {
		done <- nil
		return done
	}
	go func() { done <- p.profile(filepath.Join(c.profile, name+".pprof"), c.each) }()
	return done
}
