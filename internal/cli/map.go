package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/terem-go/terem/internal/structure"
	"github.com/terem-go/terem/internal/structure/plan"
	"github.com/terem-go/terem/internal/structure/report"
	"github.com/terem-go/terem/internal/structure/rules"
)

// mapCommand is the verb map.
type mapCommand struct {
	Dir     string `type:"application" default:"." placeholder:"DIR" help:"The application's folder; the current one by default."`
	Output  string `short:"o" xor:"where" placeholder:"FILE" help:"Write to a file, and open no browser."`
	Mermaid bool   `xor:"format" help:"Print rooms and arrows as a Mermaid flowchart, for Markdown."`
	JSON    bool   `xor:"format" help:"Print all facts as JSON."`
	Check   string `xor:"format,where" placeholder:"FILE" help:"Compare with facts that were recorded by --json."`
}

// Help is shown below the flags' help.
func (mapCommand) Help() string {
	return `Without flags it writes a page to a temporary file and opens it in the browser. The page is one file that needs no network: rooms with their files, routes, tables, jobs and events, the arrows between them, the way of each request, and what terem check finds. On it, / searches, + and - zoom, 0 shows the whole house, arrow keys follow a request, Esc goes back.

With --check the exit status is 1 when rooms, arrows, routes, tables, jobs or events are not as recorded. To record them:

    terem map --json -o map.json`
}

// Run draws the application.
func (m *mapCommand) Run(ctx context.Context, c *console) error {
	p, app, err := readApplication(ctx, m.Dir)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	switch {
	case m.Check != "":
		return m.compare(c, app)
	case m.Mermaid:
		err = plan.Mermaid(&out, app)
	case m.JSON:
		err = (&console{out: &out}).json(app)
	default:
		err = plan.Page(&out, app, rules.Check(p, app, rules.All))
	}
	switch {
	case err != nil:
		return err
	case m.Output != "":
		return os.WriteFile(m.Output, out.Bytes(), 0o666)
	case m.Mermaid || m.JSON:
		_, err = c.out.Write(out.Bytes())
		return err
	}
	return m.open(c, out.Bytes())
}

// compare prints in what the application is not as recorded.
func (m *mapCommand) compare(c *console, app *structure.App) error {
	const again = "terem map --json -o "
	text, err := os.ReadFile(m.Check)
	if errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("there is no %s. To record the structure: %s%[1]s", m.Check, again)
	}
	if err != nil {
		return err
	}
	recorded, err := plan.Parse(text)
	if err != nil {
		return fmt.Errorf("%s: %w. To record the structure: %smap.json", m.Check, err, again)
	}
	drift := plan.Drift(recorded, app)
	for _, line := range drift {
		c.say("%s", line)
	}
	if len(drift) > 0 {
		return fmt.Errorf("%s from %s. If this is meant, record the structure again: %s%[2]s", report.Count(len(drift), "difference"), m.Check, again)
	}
	c.say("the structure is as recorded in %s", m.Check)
	return nil
}

// open writes the page to a temporary file and opens it in a browser. Where there is
// none, it says where the page is.
func (m *mapCommand) open(c *console, page []byte) error {
	dir, err := os.MkdirTemp("", "terem-map-")
	if err != nil {
		return err
	}
	file := filepath.Join(dir, "map.html")
	if err := os.WriteFile(file, page, 0o666); err != nil {
		return err
	}
	c.say("%s", file)
	if err := browse(file); err != nil {
		c.say("No browser was opened: %v. Open the file in one.", err)
	}
	return nil
}
