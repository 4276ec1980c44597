package pgserver

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
)

// initdbFlags make a cluster that sorts alike on every system, and knows the
// letters of Unicode.
var initdbFlags = []string{
	"--username=" + superuser, "--auth=trust", "--no-sync",
	"--encoding=UTF8", "--locale=C", "--lc-ctype=" + unicodeLocale(),
}

func unicodeLocale() string {
	if runtime.GOOS == "darwin" {
		return "en_US.UTF-8"
	}
	return "C.UTF-8"
}

// data returns the directory of the cluster.
func (s *Server) data() string { return filepath.Join(s.keeper.dir, "data") }

// makeCluster unpacks the template, or runs initdb and makes a template of what
// that made.
func (s *Server) makeCluster(ctx context.Context) error {
	template, templateErr := s.template()
	if templateErr == nil && s.unpack(ctx, template) == nil {
		return nil
	}
	flags := append([]string{"-D", s.data()}, initdbFlags...)
	if err := s.keeper.run(ctx, nil, nil, filepath.Join(s.bin, "initdb"), flags...); err != nil {
		return err
	}
	if templateErr == nil {
		_ = s.pack(ctx, template) // without it the next start is slower, no more
	}
	return nil
}

// copyCluster copies the cluster of a server that runs, to follow it.
func (s *Server) copyCluster(ctx context.Context, primary *Server) error {
	return s.keeper.run(ctx, nil, nil, filepath.Join(s.bin, "pg_basebackup"), "-D", s.data(), "--write-recovery-conf",
		"--checkpoint=fast", "--no-sync", "-h", primary.keeper.dir, "-p", strconv.Itoa(primary.port), "-U", superuser)
}

// template returns the file for what this installation's initdb makes.
func (s *Server) template() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	program := filepath.Join(s.bin, "postgres")
	info, err := os.Stat(program)
	if err != nil {
		return "", err
	}
	key := sha256.Sum256(fmt.Appendln(nil, program, info.Size(), info.ModTime().UnixNano(), initdbFlags))
	return filepath.Join(cache, "terem", fmt.Sprintf("postgres-%x.tar", key[:8])), nil
}

// unpack makes the cluster from a template, or leaves no cluster.
func (s *Server) unpack(ctx context.Context, template string) error {
	f, err := os.Open(template)
	if err != nil {
		return err
	}
	defer f.Close()
	const script = `tar -xf - -C "$0" || { rm -rf "$0/data"; exit 1; }`
	return s.keeper.run(ctx, f, nil, "/bin/sh", "-c", script, s.keeper.dir)
}

// pack makes a template of the cluster. It appears under its name when it is
// complete and on disk, so any number of processes may do this at once.
func (s *Server) pack(ctx context.Context, template string) error {
	dir, name := filepath.Split(template)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, name+".*")
	if err != nil {
		return err
	}
	err = s.keeper.run(ctx, nil, f, "tar", "-cf", "-", "-C", s.keeper.dir, "data")
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), template)
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return err
}

// ready reports whether the server accepts connections, as pg_ctl does: by line
// 8 of the pid file. A killed server left one too, with another process id.
func (s *Server) ready() bool {
	text, _ := os.ReadFile(filepath.Join(s.data(), "postmaster.pid"))
	lines := strings.Split(string(text), "\n")
	return len(lines) > 7 &&
		lines[0] == strconv.Itoa(s.postgres.cmd.Process.Pid) &&
		strings.TrimSpace(lines[7]) == "ready"
}
