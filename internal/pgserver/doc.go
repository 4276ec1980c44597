// Package pgserver starts a private PostgreSQL server from the machine's own
// binaries, for tests and benchmarks, so that no running server is needed; and
// standbys of it, and PgBouncer before it.
//
// The cluster lives in a temporary directory, with its Unix socket: in memory
// where Linux has room for it in /dev/shm, unless TMPDIR names another place or
// the server is to be durable. It ends with the process that started it, however
// that process ends: a small shell, the keeper, holds a pipe from it, and when the
// pipe closes, stops the server and removes the directory.
//
// Most of the time of a start would go to initdb, so its result is kept as a
// tar file of 40 MB in the user's cache directory, terem/postgres-*.tar, one for
// each installation of PostgreSQL. It may be deleted at any time.
package pgserver
