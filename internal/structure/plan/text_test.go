package plan_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/internal/structure"
	"github.com/terem-go/terem/internal/structure/plan"
)

var update = flag.Bool("update", false, "write the golden files")

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got); if this is meant, run: go test ./internal/structure/plan -run %s -update\n%s", file, t.Name(), diff)
	}
}

func mermaid(t *testing.T, app *structure.App) string {
	t.Helper()
	var b bytes.Buffer
	if err := plan.Mermaid(&b, app); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestMermaid(t *testing.T) {
	t.Parallel()
	golden(t, "shop.mmd", mermaid(t, shop()))
	if n := strings.Count(mermaid(t, city(200)), ">") + strings.Count(mermaid(t, city(200)), "-o"); n > 500 {
		t.Errorf("the flowchart of 200 domains has %d arrows; Mermaid draws 500", n)
	}
}

// line is what a line of a flowchart may be.
var line = regexp.MustCompile(`^(flowchart TD|  %% .*|  subgraph f\d+\["[^"]*"\]|    r\d+\["[^"]*"\]|  end|  r\d+ (-->|-\.->|-\.-o|==>)(\|"[^"]*"\|)? r\d+)$`)

func TestMermaidOfAnything(t *testing.T) {
	t.Parallel()
	for seed := range uint64(50) {
		app := anything(seed)
		for _, a := range app.Arrows {
			a.Names = []string{`"end"`, "a|b", "<b>", "#1;", "`x`", "[(", "line\nline"}
		}
		for l := range strings.Lines(mermaid(t, app)) {
			if !line.MatchString(strings.TrimSuffix(l, "\n")) {
				t.Fatalf("seed %d: %q is no line of a flowchart", seed, l)
			}
		}
	}
}

// copied returns an application as it was recorded.
func copied(t *testing.T, app *structure.App) *structure.App {
	t.Helper()
	text, err := json.Marshal(app)
	if err != nil {
		t.Fatal(err)
	}
	out, err := plan.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestDrift(t *testing.T) {
	t.Parallel()
	app := shop()
	recorded := copied(t, app)
	if drift := plan.Drift(recorded, app); drift != nil {
		t.Errorf("the application drifts from itself: %q", drift)
	}

	// What moves and grows every day is no drift.
	app.Rooms[1].Files = append(app.Rooms[1].Files, &structure.File{Path: "orders/paper.go", Lines: 7})
	app.Rooms[1].Files[0].Lines++
	app.Rooms[1].Doc = "Package orders owns papers."
	app.Arrows[7].Names, app.Arrows[7].Places = append(app.Arrows[7].Names, "status"), nil
	for _, r := range app.Routes {
		r.At.Line += 10
		r.HandlerAt.File = "orders/admin_router.go"
		r.Steps = r.Steps[:1]
	}
	if drift := plan.Drift(recorded, app); drift != nil {
		t.Errorf("changes within rooms are drift: %q", drift)
	}

	app.Rooms[3].Kind = structure.KindOther
	app.Rooms[1].Uses = []string{"users"}
	app.Rooms = append(app.Rooms, room("refunds", structure.KindDomain, ""))
	app.Arrows = append(app.Arrows[1:], arrow("refunds", "orders", structure.BondForeignKey, "order_id"))
	app.Routes[0].Policy, app.Routes[0].Fails = "api.Public", []string{"ErrGone"}
	app.Routes[0].Dependencies = nil
	app.Routes[1].Method = ""
	app.Routes = app.Routes[:10]
	app.Tables[1].Columns[2].Null = false
	app.Tables[1].Columns[1] = &structure.Column{Name: "owner_id", Type: "int64"}
	app.Jobs[0].Schedule = "6h"
	app.Jobs = append(app.Jobs, &structure.Job{Kind: "refunds.pay", Args: "refunds.Pay", Room: "refunds"})
	app.Events[0].Subscribers = append(app.Events[0].Subscribers, structure.Subscriber{Name: "count", Room: "refunds"})
	golden(t, "drift.txt", strings.Join(plan.Drift(recorded, app), "\n")+"\n")
}

func TestParse(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "[]", "{}", `{"module": "x"}`, "flowchart TD"} {
		if _, err := plan.Parse([]byte(text)); err == nil || !strings.Contains(err.Error(), "it is not what terem map --json writes") {
			t.Errorf("%q: %v", text, err)
		}
	}
}
