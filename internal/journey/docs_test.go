package journey

import (
	"encoding/json"
	"fmt"
	"strings"
	"syscall"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/terem-go/terem/internal/browsertest"
)

// document is the part of an OpenAPI document that lists the operations.
type document struct {
	Paths map[string]map[string]struct {
		OperationID string `json:"operationId"`
		Tags        []string
	}
}

// The documentation page shows every operation, in a browser that reaches
// nothing but this machine.
func TestDocsInBrowser(t *testing.T) {
	t.Parallel()
	ctx, log := browsertest.New(t)
	a := newApplication(t, "sqlite:docs.db")
	a.must("", "migrate", "up")
	p, c := a.serve()
	origin := "http://" + strings.Replace(c.Addr, "127.0.0.1", "docs.test", 1)
	var d document
	if err := json.Unmarshal([]byte(a.must("", "openapi")), &d); err != nil {
		t.Fatal(err)
	}
	steps := []chromedp.Action[chromedp.Void]{chromedp.Navigate(origin + "/docs")}
	for _, operations := range d.Paths {
		for _, o := range operations {
			id := "operations-" + o.Tags[0] + "-" + strings.ReplaceAll(o.OperationID, ".", `\.`) // Swagger UI's own escape
			steps = append(steps, chromedp.WaitVisible(chromedp.CSS(fmt.Sprintf("[id=%q]", id))))
		}
	}
	if len(steps) < 10 {
		t.Fatalf("the document has %d operations", len(steps)-1)
	}
	if err := chromedp.Do(ctx, steps...); err != nil {
		t.Fatal(err)
	}
	log.Check(t, origin)
	if len(log.Requests()) < 4 { // the page, its script, its style, the document
		t.Errorf("the page requested only %q", log.Requests())
	}
	a.stop(p, syscall.SIGTERM)
}
