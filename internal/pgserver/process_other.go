//go:build !unix

package pgserver

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"syscall"
)

var errUnsupported = fmt.Errorf("pgserver: starting PostgreSQL is not supported on %s: %w", runtime.GOOS, errors.ErrUnsupported)

func attributes() (*syscall.SysProcAttr, error) { return nil, errUnsupported }

func crash(*os.Process) error { return errUnsupported }
