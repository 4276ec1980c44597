package seed

import (
	"context"
	"fmt"
	"io"

	"github.com/terem-go/terem/db"
)

// command is the command seed of the application.
type command struct {
	seed *Service

	Articles int    `default:"1000" help:"How many articles to make, 10 to 1000000."`
	Users    int    `help:"How many users to make, 10 to 1000000; a hundredth as many as articles by default."`
	Password string `default:"jakejake" help:"The password of all users."`
}

// Run fills the database.
func (c *command) Run(ctx context.Context, d *db.DB, out io.Writer) error {
	if err := c.seed.Run(ctx, d, out, Size{c.Articles, c.Users}, c.Password); err != nil {
		return err
	}
	fmt.Fprintf(out, "made %d articles; log in as user1@example.com\n", c.Articles)
	return nil
}
