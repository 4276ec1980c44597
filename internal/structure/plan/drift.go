package plan

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/terem-go/terem/internal/structure"
)

// Drift returns in what the structure differs from a recorded one, a line for each
// difference: "+ room orders" is new, "- table logins" is gone, and "~ route GET /users:
// policy users.Superuser, was api.Public" has changed. Files, places and the names
// that an arrow stands for do not count: they change every day.
func Drift(recorded, now *structure.App) []string {
	var out []string
	out = append(out, compare("room", rooms(recorded), rooms(now))...)
	out = append(out, compare("arrow", arrows(recorded), arrows(now))...)
	out = append(out, compare("route", routes(recorded), routes(now))...)
	out = append(out, compare("table", tables(recorded), tables(now))...)
	out = append(out, compare("job", jobs(recorded), jobs(now))...)
	return append(out, compare("event", events(recorded), events(now))...)
}

// Parse reads what terem map --json has written, or says that it is something else.
func Parse(text []byte) (*structure.App, error) {
	app := new(structure.App)
	if err := json.Unmarshal(text, app); err != nil {
		return nil, fmt.Errorf("it is not what terem map --json writes: %w", err)
	}
	if app.Module == "" || len(app.Rooms) == 0 {
		return nil, fmt.Errorf("it is not what terem map --json writes: it has no module or no rooms")
	}
	return app, nil
}

// things are the parts of an application of one sort, by name, and what is said of
// each that matters, in a fixed order.
type things map[string][]trait

type trait struct{ name, value string }

func compare(sort string, recorded, now things) []string {
	all := maps.Clone(recorded)
	maps.Copy(all, now)
	var out []string
	for _, name := range slices.Sorted(maps.Keys(all)) {
		was, before := recorded[name]
		is, after := now[name]
		switch {
		case !before:
			out = append(out, fmt.Sprintf("+ %s %s", sort, name))
		case !after:
			out = append(out, fmt.Sprintf("- %s %s", sort, name))
		default:
			if changes := differ(was, is); changes != "" {
				out = append(out, fmt.Sprintf("~ %s %s: %s", sort, name, changes))
			}
		}
	}
	return out
}

func differ(was, is []trait) string {
	values := func(traits []trait) map[string]string {
		m := map[string]string{}
		for _, t := range traits {
			m[t.name] = t.value
		}
		return m
	}
	before, after := values(was), values(is)
	var out []string
	for i, t := range slices.Concat(is, was) {
		if i >= len(is) {
			if _, told := after[t.name]; told {
				continue
			}
		}
		if before[t.name] != after[t.name] {
			out = append(out, fmt.Sprintf("%s %s, was %s", t.name, cmp.Or(after[t.name], "none"), cmp.Or(before[t.name], "none")))
		}
	}
	return strings.Join(out, "; ")
}

func list(names []string) string { return strings.Join(names, ", ") }

func rooms(app *structure.App) things {
	out := things{}
	for _, r := range app.Rooms {
		out[roomName(r.Path)] = []trait{{"kind", string(r.Kind)}, {"uses", list(r.Uses)}}
	}
	return out
}

func arrows(app *structure.App) things {
	out := things{}
	for _, a := range app.Arrows {
		bond := strings.ReplaceAll(string(a.Bond), "_", " ")
		out[fmt.Sprintf("%s → %s (%s)", roomName(a.From), roomName(a.To), bond)] = nil
	}
	return out
}

func routes(app *structure.App) things {
	out := things{}
	for _, r := range app.Routes {
		out[cmp.Or(r.Method, "ANY")+" "+r.Path] = []trait{
			{"room", roomName(r.Room)}, {"policy", r.Policy}, {"session", r.Session}, {"dependencies", list(r.Dependencies)},
			{"input", r.Input}, {"output", r.Output}, {"fails", list(r.Fails)},
		}
	}
	return out
}

func tables(app *structure.App) things {
	out := things{}
	for _, t := range app.Tables {
		traits := []trait{{"room", t.Room}, {"model", t.Model}}
		for _, c := range t.Columns {
			traits = append(traits, trait{"column " + c.Name, column(c)})
		}
		out[t.Name] = traits
	}
	return out
}

func column(c *structure.Column) string {
	words := []string{c.Type}
	for _, w := range []struct {
		set  bool
		word string
	}{{c.Key, "key"}, {c.Unique, "unique"}, {c.Null, "null"}, {c.References != "", "→ " + c.References}} {
		if w.set {
			words = append(words, w.word)
		}
	}
	return strings.Join(words, " ")
}

func jobs(app *structure.App) things {
	out := things{}
	for _, j := range app.Jobs {
		out[j.Kind] = []trait{{"arguments", j.Args}, {"worker", j.Worker}, {"schedule", j.Schedule}}
	}
	return out
}

func events(app *structure.App) things {
	out := things{}
	for _, e := range app.Events {
		var heard []string
		for _, s := range e.Subscribers {
			heard = append(heard, s.Room+"."+s.Name)
		}
		slices.Sort(heard)
		out[e.Name] = []trait{{"type", e.Type}, {"heard by", list(heard)}}
	}
	return out
}
