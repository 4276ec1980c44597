package app

import (
	"context"
	"fmt"
	"io"
)

type migrateAccept struct {
	File string `arg:"" help:"The file, such as 00002_orders.sql."`
}

func (c migrateAccept) Run(ctx context.Context, a *App, out io.Writer) error {
	m, err := a.migrations()
	if err != nil {
		return err
	}
	f, err := m.Accept(ctx, c.File)
	if err == nil {
		fmt.Fprintf(out, "accepted: %s counts as it is now\n", f.File)
	}
	return err
}
