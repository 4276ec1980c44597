package faultproxy

import (
	"bytes"
	"io"
	"net"
	"sync/atomic"
	"time"
)

// line is one connection by way of a proxy.
type line struct {
	proxy          *Proxy
	client, server net.Conn
	faulty         atomic.Int32 // what is done with the server's next answer
	inside         bool         // a transaction
}

func (l *line) cut() { _, _ = l.client.Close(), l.server.Close() }

// answer copies what the server sends.
func (l *line) answer() {
	defer func() {
		if Fault(l.faulty.Load()) != Crash {
			l.cut()
		}
	}()
	buf := make([]byte, 1<<16)
	for {
		n, err := l.server.Read(buf)
		if f := Fault(l.faulty.Load()); f != None && err == nil {
			switch f {
			case AllAfter:
				l.proxy.cut(l)
			case SilentBefore, SilentAfter:
				_, _ = io.Copy(io.Discard, l.server)
			}
			return
		}
		if _, failed := l.client.Write(buf[:n]); err == nil {
			err = failed
		}
		if err != nil {
			return
		}
	}
}

// ask copies what the client sends.
func (l *line) ask() {
	defer l.cut()
	buf := make([]byte, 1<<16)
	for {
		n, err := l.client.Read(buf)
		if err != nil {
			return
		}
		f := l.proxy.at(l.point(buf[:n]))
		switch f {
		case Crash:
			l.faulty.Store(int32(f))
			l.proxy.Crash()
			return
		case CutBefore:
			return
		case AllBefore:
			l.proxy.cut(l)
			return
		case SilentBefore:
			l.faulty.Store(int32(f))
			_, _ = io.Copy(io.Discard, l.client)
			return
		case Late:
			time.Sleep(200 * time.Millisecond)
		default:
			l.faulty.CompareAndSwap(int32(None), int32(f))
		}
		if _, err := l.server.Write(buf[:n]); err != nil || f == CutSent {
			return
		}
	}
}

// point says what a message is, as package db/postgres sends them.
func (l *line) point(m []byte) Point {
	switch {
	case bytes.HasPrefix(m, []byte("Q")) && bytes.Contains(m, []byte("commit")):
		l.inside = false
		return Commit
	case bytes.HasPrefix(m, []byte("Q")):
		l.inside = l.inside && !bytes.Contains(m, []byte("rollback"))
		return Other
	case bytes.HasPrefix(m, []byte("C")), bytes.HasPrefix(m, []byte("P")), bytes.HasPrefix(m, []byte("B")):
		if !l.inside {
			l.inside = true
			return Begin
		}
		return Statement
	}
	return Other
}
