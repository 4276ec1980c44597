package plan_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strconv"
	"testing"

	"github.com/terem-go/terem/internal/structure"
	"github.com/terem-go/terem/internal/structure/plan"
)

// anything is an application of random rooms and arrows.
func anything(seed uint64) *structure.App {
	random := rand.New(rand.NewPCG(seed, 0))
	kinds := []structure.Kind{structure.KindDomain, structure.KindDomain, structure.KindDomain, structure.KindService, structure.KindTasks, structure.KindPages, structure.KindUtils, structure.KindDAO, structure.KindOther}
	app := &structure.App{Module: "example.com/anything", Name: "anything"}
	n := random.IntN(40)
	if random.IntN(4) > 0 {
		app.Rooms = append(app.Rooms, room(".", structure.KindMain, "", "main.go"))
	}
	for i := range n {
		app.Rooms = append(app.Rooms, room(fmt.Sprintf("r%d", i), kinds[random.IntN(len(kinds))], "", domainFiles[:random.IntN(len(domainFiles))]...))
		for range random.IntN(4) {
			app.Tables = append(app.Tables, &structure.Table{Name: fmt.Sprintf("t%d", len(app.Tables)), Room: fmt.Sprintf("r%d", i)})
		}
	}
	bonds := []structure.Bond{structure.BondImport, structure.BondEvent, structure.BondForeignKey, structure.BondInterface}
	for range 3 * n {
		a := arrow(app.Rooms[random.IntN(len(app.Rooms))].Path, app.Rooms[random.IntN(len(app.Rooms))].Path, bonds[random.IntN(len(bonds))])
		app.Arrows = append(app.Arrows, a)
	}
	return app
}

var pair = regexp.MustCompile(`(-?\d+) (-?\d+)`)

// Whatever an application is like, rooms stand apart, arrows are drawn around the rooms
// between, and lead down along imports of domains.
func TestHouseOfAnything(t *testing.T) {
	t.Parallel()
	for seed := range uint64(300) {
		app := anything(seed)
		rooms, lines := plan.Layout(app)
		if len(rooms) != len(app.Rooms) {
			t.Fatalf("seed %d: %d rooms are drawn, want %d", seed, len(rooms), len(app.Rooms))
		}
		for i, a := range app.Rooms {
			for _, b := range app.Rooms[:i] {
				if p, q := rooms[a.Path], rooms[b.Path]; p.X < q.X+q.W && q.X < p.X+p.W && p.Y < q.Y+q.H && q.Y < p.Y+p.H {
					t.Errorf("seed %d: %s and %s stand in each other: %v, %v", seed, a.Path, b.Path, p, q)
				}
			}
		}
		for i, line := range lines {
			var x, y []int
			for _, m := range pair.FindAllStringSubmatch(line, -1) {
				px, _ := strconv.Atoi(m[1])
				py, _ := strconv.Atoi(m[2])
				x, y = append(x, px), append(y, py)
			}
			for k := 1; k < len(x); k++ {
				for path, r := range rooms {
					if min(x[k-1], x[k]) < r.X+r.W && r.X < max(x[k-1], x[k]) && min(y[k-1], y[k]) < r.Y+r.H && r.Y < max(y[k-1], y[k]) {
						t.Errorf("seed %d: the arrow %s → %s runs through %s: %s, %v", seed, app.Arrows[i].From, app.Arrows[i].To, path, line, r)
					}
				}
			}
		}
	}
}

func TestImportsLeadDown(t *testing.T) {
	t.Parallel()
	app := city(200)
	rooms, lines := plan.Layout(app)
	if len(lines) != len(app.Arrows) {
		t.Errorf("%d arrows are drawn, want %d", len(lines), len(app.Arrows))
	}
	for _, a := range app.Arrows {
		if from, to := rooms[a.From], rooms[a.To]; a.Bond == structure.BondImport && from.Y+from.H > to.Y {
			t.Errorf("%s imports %s, and stands no higher", a.From, a.To)
		}
	}
}

// A long chain of domains is no tower.
func TestChain(t *testing.T) {
	t.Parallel()
	app := &structure.App{Module: "example.com/chain", Name: "chain"}
	for i := range 100 {
		app.Rooms = append(app.Rooms, room(fmt.Sprintf("d%02d", i), structure.KindDomain, "", domainFiles...))
		if i > 0 {
			app.Arrows = append(app.Arrows, arrow(app.Rooms[i-1].Path, app.Rooms[i].Path, structure.BondImport, "X"))
		}
	}
	rooms, _ := plan.Layout(app)
	width, height := 0, 0
	for _, r := range rooms {
		width, height = max(width, r.X+r.W), max(height, r.Y+r.H)
	}
	if height > width {
		t.Errorf("the house is %d high and %d wide", height, width)
	}
}

// The page is a function of the facts, and can be sent by mail.
func TestPageOfTheCity(t *testing.T) {
	t.Parallel()
	one := page(t, city(200), found())
	if !bytes.Equal(one, page(t, city(200), found())) {
		t.Error("the page of an application is not always the same")
	}
	if most := 5 << 20; len(one) > most {
		t.Errorf("the page of 200 domains has %d bytes, want at most %d", len(one), most)
	}
	if most := 96 << 10; len(page(t, shop(), nil)) > most {
		t.Errorf("the page of a small application has %d bytes, want at most %d", len(page(t, shop(), nil)), most)
	}
}

// Text of an application is text on the page.
func TestPageOfMarkup(t *testing.T) {
	t.Parallel()
	app := shop()
	app.Name = `</script><img src=x onerror="console.error('name')">`
	app.Rooms[1].Doc = `<img src=x onerror="console.error('doc')">`
	app.Routes[0].Policy = `</script><script>console.error("policy")</script>`
	v := visit(t, app, nil)
	v.open("#room=orders")
	v.reads("#details", `<img src=x onerror="console.error('doc')">`, `</script><script>console.error("policy")</script>`)
	v.log.Check(t, v.origin)
}
