package pgserver

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Options says how a server differs from the default, which is one for tests:
// on a Unix socket only, for 200 connections, and careless of power cuts.
type Options struct {
	// Settings are PostgreSQL's, such as "wal_level": "logical", and win over
	// the defaults here. They are given on the command line, so ALTER SYSTEM does
	// not change them. The addresses and the port cannot be set.
	Settings map[string]string

	// TCP also listens on 127.0.0.1, at a free port, for proxies. Anybody on this
	// machine can then connect as superuser; the socket is for this user alone.
	TCP bool

	// Durable leaves fsync and full_page_writes on, as in production, and keeps
	// the cluster on disk. Without it, what was committed still survives Kill, but
	// not the end of the operating system.
	Durable bool

	// StandbyOf makes the server a standby that follows another one, which must
	// run: it has the same databases, and can only be read. SQL says how far it is
	// (pg_last_wal_replay_lsn) and holds it back (pg_wal_replay_pause).
	StandbyOf *Server
}

// settings are PostgreSQL's, by name in lower case.
type settings map[string]string

var defaults = settings{
	"dynamic_shared_memory_type": "mmap", // in the directory: nothing stays in /dev/shm after a crash
	"lc_messages":                "C",
	"log_destination":            "stderr", // some distributions log to files
	"logging_collector":          "off",
	"max_connections":            "200",
	"max_prepared_transactions":  "20",
	"shared_buffers":             "32MB",
	"timezone":                   "Asia/Kolkata", // neither UTC nor a whole hour from it: mistakes with time zones show
}

var careless = settings{
	"fsync":            "off",
	"full_page_writes": "off",
	"max_wal_size":     "256MB", // it may be in memory
}

var reserved = []string{"data_directory", "listen_addresses", "port", "unix_socket_directories"}

// settings returns the defaults with what the options change.
func (o Options) settings() (settings, error) {
	all := maps.Clone(defaults)
	if !o.Durable {
		maps.Copy(all, careless)
	}
	for name, value := range o.Settings {
		name = strings.ToLower(name)
		if slices.Contains(reserved, name) {
			return nil, fmt.Errorf("pgserver: the setting %s cannot be changed: the server chooses its directory and address", name)
		}
		all[name] = value
	}
	return all, nil
}

// flags returns the arguments of postgres.
func (s *Server) flags(chosen settings) []string {
	listen := ""
	if s.tcp {
		listen = loopback
	}
	flags := []string{
		"-D", s.data(),
		"-c", "listen_addresses=" + listen,
		"-c", "port=" + strconv.Itoa(s.port),
		"-c", "unix_socket_directories=" + s.keeper.dir,
	}
	for _, name := range slices.Sorted(maps.Keys(chosen)) {
		flags = append(flags, "-c", name+"="+chosen[name])
	}
	return flags
}
