package parts_test

import (
	"bytes"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/internal/cli"
)

// slow skips a test that compiles applications, under -short.
func slow(t *testing.T) {
	t.Helper()
	t.Parallel()
	if testing.Short() {
		t.Skip("compiling applications takes long")
	}
}

// terem runs the tool inside this process, for the application.
func (a app) terem(t *testing.T, command string) (status int, complaint string) {
	t.Helper()
	var b bytes.Buffer
	status = cli.Main(t.Context(), append(strings.Fields(command), "--dir", string(a)), io.Discard, &b)
	return status, b.String()
}

// ok runs the tool, which must succeed.
func (a app) ok(t *testing.T, command string) {
	t.Helper()
	if status, complaint := a.terem(t, command); status != 0 {
		t.Fatalf("terem %s: status %d\n%s", command, status, complaint)
	}
}

// run runs a program in the application without a network, which must succeed.
func (a app) run(t *testing.T, env []string, name string, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir, cmd.Env = string(a), append(append(os.Environ(), "GOFLAGS=-mod=readonly -buildvcs=false", "GOPROXY=off"), env...)
	out, err := cmd.CombinedOutput()
	if err != nil || name == "gofmt" && len(out) > 0 {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
}

// pair is what a command line adds, and the one that takes it back.
type pair struct{ add, remove string }

var pairs = []pair{
	{"add service checkout --uses orders,users", "remove service checkout"},
	{"add service reports --uses users --for tasks", "remove service reports"},
	{"add service geocode", "remove service geocode"},
	{"add task orders.expire --every 90m", "remove task orders.expire"},
	{"add task orders.send_receipt", "remove task orders.send_receipt"},
	{"add task users.expire --at 03:30", "remove task users.expire"},
	{"add event orders.Paid --to users", "remove event orders.Paid"},
	{"add event orders.Shipped", "remove event orders.Shipped"},
	{"add event users.Closed --to orders", "remove event users.Closed"},
	{"add event users.Deleted --to orders", "remove event users.Deleted --to orders"},
	{"add page about", "remove page about"},
	{"add page orders/{id} --policy users.Member", "remove page orders/{id}"},
	{"link orders users.Balance", "unlink orders users.Balance"},
	{"link orders users.Known", "unlink orders users.Known"},
	{"link users orders.CountOf", "unlink users orders.CountOf"},
}

// Everything that can be added is there at once, passes the application's checks, and leaves nothing when it is removed.
func TestParts(t *testing.T) {
	slow(t)
	a := newApp(t)
	before := a.tree(t)
	for _, p := range pairs {
		a.ok(t, p.add)
	}
	a.run(t, nil, "gofmt", "-l", ".")
	a.run(t, nil, "go", "vet", "./...")
	tests := []string{"test", "-run", "^Test(Run|Expire|UsersExpire|OrdersExpire|SendReceipt|OrdersPaid|OrdersShipped|UsersDeletedToOrders|UsersClosed|About|OrdersID|Commands)$", ".", "./tasks", "./pages", "./services/..."}
	a.run(t, nil, "go", tests...)
	a.run(t, []string{"TEREM_TEST_RETRY=all"}, "go", tests...)

	for remove, want := range map[string]string{
		"remove task orders.expire":               "terem add task orders.send_receipt was added since, into files that terem add task orders.expire --every 1h30m0s has written: take that back first",
		"unlink orders users.Balance":             "terem link orders users.Known was added since, into files that terem link orders users.Balance has written: take that back first",
		"remove event orders.Paid --to users":     "the event orders.Paid was added together with that subscriber, and is removed with it: terem remove event orders.Paid",
		"remove event orders.Shipped --to orders": "terem add event has added no orders.Shipped --to orders, as .terem/manifest.json has it; it has added orders.Paid, orders.Shipped, users.Closed, users.Deleted --to orders. What was written by hand is removed by hand",
		"remove page terms":                       "terem add page has added no terms, as .terem/manifest.json has it; it has added about, orders/{id}. What was written by hand is removed by hand",
	} {
		if status, complaint := a.terem(t, remove); status != 1 || !strings.Contains(complaint, "error: nothing was changed: "+want) {
			t.Errorf("terem %s: status %d, %s", remove, status, complaint)
		}
	}
	a.needed(t)
	for _, p := range slices.Backward(pairs) {
		a.ok(t, p.remove)
	}
	if diff := cmp.Diff(before, a.tree(t)); diff != "" {
		t.Errorf("all is removed, and something is left (-before +after):\n%s", diff)
	}
}

// needed sees that what other code needs is not removed.
func (a app) needed(t *testing.T) {
	t.Helper()
	for _, c := range []struct{ remove, file, use, want string }{
		{"remove service checkout", "pages/use.go", "package pages\n\nvar _ = Pages{}.checkout.Run\n", "pages/use.go:3:17: Pages{}.checkout undefined"},
		{"remove event orders.Shipped", "users/use_test.go", "package users_test\n\nimport \"shop/orders\"\n\nvar _ = orders.Shipped{}\n", "users/use_test.go:5:16: undefined: orders.Shipped"},
	} {
		name := filepath.Join(string(a), filepath.FromSlash(c.file))
		if err := os.WriteFile(name, []byte(c.use), 0o666); err != nil {
			t.Fatal(err)
		}
		before := a.tree(t)
		status, complaint := a.terem(t, c.remove)
		if status != 1 || !strings.Contains(complaint, "nothing was changed: this would not compile any more:") || !strings.Contains(complaint, c.want) {
			t.Errorf("%s: status %d, %s\nwant %s", c.remove, status, complaint, c.want)
		}
		if diff := cmp.Diff(before, a.tree(t)); diff != "" {
			t.Errorf("%s has changed something (-before +after):\n%s", c.remove, diff)
		}
		if err := os.Remove(name); err != nil {
			t.Fatal(err)
		}
	}
}

// What somebody has changed since is not removed.
func TestRemoveChanged(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	a.must(t, "add page about", "add task orders.expire --every 90m")
	for _, c := range []struct{ remove, file, old, new, want string }{
		{"remove page about", "pages/about.go", "p.page(", "p.again(", "pages/about.go has been changed since it was written: --force deletes it all the same"},
		{"remove task orders.expire", "tasks/tasks.go", "jobs.Every(90*time.Minute)", "jobs.Every(time.Hour)", "in Workers this is no longer as it was written:\n\n\tw.Periodically(jobs.Every(90*time.Minute), orders.Expire{})\n"},
	} {
		name := filepath.Join(string(a), filepath.FromSlash(c.file))
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, bytes.Replace(text, []byte(c.old), []byte(c.new), 1), 0o666); err != nil {
			t.Fatal(err)
		}
		before := a.tree(t)
		if status, complaint := a.terem(t, c.remove); status != 1 || !strings.Contains(complaint, "error: nothing was changed: ") || !strings.Contains(complaint, c.want) {
			t.Errorf("%s: status %d, %s\nwant %s", c.remove, status, complaint, c.want)
		}
		if diff := cmp.Diff(before, a.tree(t)); diff != "" {
			t.Errorf("%s has changed something (-before +after):\n%s", c.remove, diff)
		}
	}
}

func TestDryRun(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	before := a.tree(t)
	var out, complaint bytes.Buffer
	status := cli.Main(t.Context(), []string{"add", "page", "about", "--dry-run", "--dir", string(a)}, &out, &complaint)
	for _, want := range []string{"create pages/about.go, ", "create pages/templates/about.html, ", "\n+\tapi.Get(r, \"/about\", p.about, api.Public)\n"} {
		if status != 0 || !strings.Contains(out.String(), want) {
			t.Errorf("status %d, %s, printed\n%s\nwant %s", status, &complaint, &out, want)
		}
	}
	if diff := cmp.Diff(before, a.tree(t)); diff != "" {
		t.Errorf("something was changed (-before +after):\n%s", diff)
	}
	if status := cli.Main(t.Context(), []string{"remove", "page", "about", "--dry-run", "--dir", string(a)}, &out, &complaint); status != 1 {
		t.Errorf("a page that is not there is removed: status %d", status)
	}
}

// Any sequence of additions and removals keeps compiling. What may not be removed changes nothing, and what is removed
// leaves nothing. TEREM_TEST_STEPS is how many steps there are; the default is 10.
func TestRandomParts(t *testing.T) {
	slow(t)
	steps := 10
	if s := os.Getenv("TEREM_TEST_STEPS"); s != "" {
		var err error
		if steps, err = strconv.Atoi(s); err != nil {
			t.Fatal("TEREM_TEST_STEPS:", err)
		}
	}
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	a := newApp(t)
	base := a.tree(t)
	var there []pair
	step := func(remove bool) {
		t.Helper()
		i := r.IntN(len(pairs))
		at := slices.Index(there, pairs[i])
		if remove {
			at = r.IntN(len(there))
		}
		before := a.tree(t)
		command := pairs[i].add
		if at >= 0 {
			command = there[at].remove
		}
		status, complaint := a.terem(t, command)
		t.Logf("%s: %d %s", command, status, complaint)
		switch {
		case status == 0 && at < 0:
			there = append(there, pairs[i])
		case status == 0:
			there = slices.Delete(there, at, at+1)
		case at < 0 || !strings.Contains(complaint, "take that back first") && !strings.Contains(complaint, "would not compile any more"):
			t.Fatalf("%s: %s", command, complaint)
		default:
			if diff := cmp.Diff(before, a.tree(t)); diff != "" {
				t.Fatalf("%s has changed something (-before +after):\n%s", command, diff)
			}
		}
	}
	for i := range steps {
		step(false)
		if i%10 == 9 && i+1 < steps {
			a.run(t, nil, "go", "vet", "./...")
		}
	}
	a.run(t, nil, "go", "vet", "./...")
	a.run(t, nil, "gofmt", "-l", ".")
	for len(there) > 0 { // the last one can always be removed
		step(true)
	}
	if diff := cmp.Diff(base, a.tree(t)); diff != "" {
		t.Errorf("all is removed, and something is left (-before +after):\n%s", diff)
	}
}
