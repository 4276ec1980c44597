// Package listen opens the address of a server, or says what to do about it.
package listen

import (
	"context"
	"errors"
	"fmt"
	"net"
	"syscall"
)

// TCP listens on addr, a host and a port, which is what the named setting is set
// to, such as ADDR. Its errors name the way out.
func TCP(ctx context.Context, setting, addr string) (net.Listener, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("cannot listen on %s: another program does. Stop it, or set %s to another port", addr, setting)
	case errors.Is(err, syscall.EACCES):
		return nil, fmt.Errorf("cannot listen on %s: not permitted. Set %s to a port above 1023", addr, setting)
	case err != nil:
		return nil, fmt.Errorf("cannot listen on %s: %w. %s is a host and a port, such as 127.0.0.1:8000", addr, err, setting)
	}
	return l, nil
}
