// Package listen opens the address of a server, or says what to do about it.
package listen

import (
	"context"
	"errors"
	"fmt"
	"net"
	"syscall"
)

// TCP listens on addr, a host and a port, which is what ADDR is set to. Its
// errors name the way out.
func TCP(ctx context.Context, addr string) (net.Listener, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("cannot listen on %s: another program does. Stop it, or set ADDR to another port", addr)
	case errors.Is(err, syscall.EACCES):
		return nil, fmt.Errorf("cannot listen on %s: not permitted. Set ADDR to a port above 1023", addr)
	case err != nil:
		return nil, fmt.Errorf("cannot listen on %s: %w. ADDR is a host and a port, such as 127.0.0.1:8000", addr, err)
	}
	return l, nil
}
