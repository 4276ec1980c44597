package pgserver

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// limit ends a start or a stop that hangs.
const limit = time.Minute

var (
	errStopped = errors.New("pgserver: the server was stopped and its directory removed")
	errSlow    = fmt.Errorf("not ready after %s", limit)
)

// Server is a PostgreSQL server. Its methods may be called from any goroutine.
type Server struct {
	bin    string   // the directory that holds postgres and initdb
	args   []string // of postgres
	port   int      // also without TCP: it is part of the socket's name
	tcp    bool
	keeper *keeper

	mu       sync.Mutex
	postgres *process // nil before the first start
	stopped  bool
}

// Start makes a cluster in a temporary directory, starts a server on it, and
// returns when it accepts connections, after a minute at most. When ctx ends
// first, or anything fails, nothing is left behind.
//
// It returns ErrNotInstalled when the machine has no PostgreSQL server, and
// errors.ErrUnsupported on Windows. Other errors show the end of the server's
// log.
//
// PostgreSQL refuses to run as root: for root it runs as the user postgres, or
// as nobody where there is none.
func Start(ctx context.Context, o Options) (*Server, error) {
	settings, err := o.settings()
	if err != nil {
		return nil, err
	}
	attr, err := attributes()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, limit, errSlow)
	defer cancel()
	bin, err := findBin(ctx, usualPlaces)
	if err != nil {
		return nil, err
	}
	port := 5432
	if o.TCP {
		if port, err = freePort(); err != nil {
			return nil, err
		}
	}
	k, err := newKeeper(attr, o.directories())
	if err != nil {
		return nil, err
	}
	s := &Server{bin: bin, port: port, tcp: o.TCP, keeper: k}
	s.args = s.flags(settings)
	if o.StandbyOf != nil {
		err = s.copyCluster(ctx, o.StandbyOf)
	} else {
		err = s.makeCluster(ctx)
	}
	if err == nil {
		err = s.boot(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, s.Stop())
	}
	return s, nil
}

// boot starts postgres and returns when it accepts connections.
func (s *Server) boot(ctx context.Context) error {
	p, err := s.keeper.start("-QUIT", nil, nil, filepath.Join(s.bin, "postgres"), s.args...)
	if err != nil {
		return err
	}
	s.postgres = p
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for !s.ready() {
		select {
		case <-p.done:
			return p.failure("ended before it accepted connections")
		case <-ctx.Done():
			return fmt.Errorf("%w: %w", p.failure("does not accept connections"), context.Cause(ctx))
		case <-tick.C:
		}
	}
	return nil
}

// Stop ends the server at once and removes its directory. Stopping a stopped
// server does nothing.
func (s *Server) Stop() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped {
		return nil
	}
	s.stopped = true
	return s.keeper.release()
}

// Kill ends the postmaster and its children with SIGKILL, as a crash would,
// and returns when they are gone. The directory stays, for Restart. Killing a
// dead server does nothing.
func (s *Server) Kill() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped {
		return errStopped
	}
	return s.kill()
}

func (s *Server) kill() error {
	if err := crash(s.postgres.cmd.Process); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("pgserver: kill: %w", err)
	}
	select {
	case <-s.postgres.done:
		return nil
	case <-time.After(limit):
		return s.postgres.failure("still runs, or a child of it, after SIGKILL")
	}
}

// Restart starts the server on the same directory, socket and port again, and
// returns when it accepts connections, after a minute at most. A server that
// runs is first shut down as an operator would do it, with a checkpoint. When
// ctx ends before, or anything fails, the server is as after Kill.
func (s *Server) Restart(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped {
		return errStopped
	}
	ctx, cancel := context.WithTimeoutCause(ctx, limit, errSlow)
	defer cancel()
	err := s.shutDown(ctx)
	if err == nil {
		err = s.boot(ctx)
	}
	if err != nil {
		return errors.Join(err, s.kill())
	}
	return nil
}

// shutDown asks for PostgreSQL's fast shutdown and waits until it is done.
func (s *Server) shutDown(ctx context.Context) error {
	err := s.postgres.cmd.Process.Signal(os.Interrupt)
	if err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("pgserver: shut down: %w", err)
	}
	select {
	case <-s.postgres.done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("%w: %w", s.postgres.failure("does not shut down"), context.Cause(ctx))
	}
}
