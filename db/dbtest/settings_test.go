package dbtest_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/db/postgres"
	"github.com/terem-go/terem/internal/pgserver"
)

// childVariable says what TestChild does in a process that run starts.
const childVariable = "TEREM_DBTEST_CHILD"

// TestChild is what the other tests here run with settings of its own. By
// itself it does nothing.
func TestChild(t *testing.T) {
	switch os.Getenv(childVariable) {
	case "skip":
		dbtest.Skip(t, "there is no moon tonight")
	case "succeed":
		dbtest.Each(t, notes("first"), func(t *testing.T, d *db.DB) { write(t, d, "mine") })
	case "broken":
		dbtest.Each(t, notes("it's"), func(t *testing.T, d *db.DB) { t.Error("ran without its tables") })
	case "fail":
		dbtest.Each(t, notes("first"), func(t *testing.T, d *db.DB) { t.Error("failed on purpose") })
	case "retry":
		report := func(t *testing.T, d *db.DB) {
			wrote, _ := tries(t, d, 2)
			t.Logf("the attempts wrote %d", wrote)
		}
		report(t, dbtest.Open(t, dbtest.SQLiteURL(t, notes("first"))))
		dbtest.Each(t, notes("first"), report)
	}
}

// run runs TestChild in a process of its own and returns what it printed.
func run(t *testing.T, child string, env ...string) (out string, ok bool) {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), program, "-test.run=^TestChild$", "-test.v")
	c.Env = append(os.Environ(), "TEREM_TEST=", "TEREM_TEST_KEEP=", "TEREM_TEST_RETRY=", childVariable+"="+child)
	c.Env = append(c.Env, env...)
	text, err := c.CombinedOutput()
	return string(text), err == nil
}

func TestSkip(t *testing.T) {
	t.Parallel()
	for setting, c := range map[string]struct {
		ok   bool
		want string
	}{
		"TEREM_TEST=":    {true, "--- SKIP: TestChild"},
		"TEREM_TEST=all": {false, "must not be skipped (TEREM_TEST=all)"},
	} {
		out, ok := run(t, "skip", setting)
		if ok != c.ok || !strings.Contains(out, c.want) || !strings.Contains(out, "there is no moon tonight") {
			t.Errorf("with %s: succeeded %v, and printed:\n%s", setting, ok, out)
		}
	}
}

// TestAServerThatIsGiven lets a process use a server that it did not start, and
// looks what it leaves there.
func TestAServerThatIsGiven(t *testing.T) {
	t.Parallel()
	dbtest.PostgresURL(t, nil) // skips where there is no PostgreSQL
	s, err := pgserver.Start(t.Context(), pgserver.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Stop()
	d, err := db.Open(t.Context(), s.URL("postgres"), db.Config{}, postgres.Engine)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close(t.Context())
	given := "TEREM_TEST_DATABASE_URL=" + s.URL("postgres")

	if out, ok := run(t, "succeed", given); !ok || !strings.Contains(out, "--- PASS: TestChild/postgres") {
		t.Errorf("a test that succeeds printed:\n%s", out)
	}
	if n := named(t, d, "terem_test_%"); n != 0 {
		t.Errorf("a test that succeeds has left %d databases", n)
	}
	if out, ok := run(t, "fail", given); ok || strings.Contains(out, "the database of this test is") {
		t.Errorf("a test that fails printed:\n%s", out)
	}
	if n := named(t, d, "terem_test_%"); n != 0 {
		t.Errorf("a test that fails has left %d databases", n)
	}

	out, _ := run(t, "fail", given, "TEREM_TEST_KEEP=1", "TMPDIR="+t.TempDir())
	name := regexp.MustCompile(`the database of this test is (terem_test_\w+)`).FindStringSubmatch(out)
	if name == nil || named(t, d, name[1]) != 1 || named(t, d, "terem_test_%") != 1 {
		t.Errorf("with TEREM_TEST_KEEP=1 there are %d databases; printed:\n%s", named(t, d, "terem_test_%"), out)
	}
	dir := regexp.MustCompile(`the database of this test is in (\S+)`).FindStringSubmatch(out)
	if dir == nil {
		t.Fatalf("with TEREM_TEST_KEEP=1, printed:\n%s", out)
	}
	if _, err := os.Stat(filepath.Join(dir[1], "test.db")); err != nil {
		t.Error(err)
	}
}

func TestAServerThatCannotBeUsedIsNoReasonToSkip(t *testing.T) {
	t.Parallel()
	for name, url := range map[string]string{
		"another scheme": "mysql://me:hunter2@localhost/test",
		"no URL":         "://me:hunter2@localhost",
		"nobody there":   "postgres://me:hunter2@/test?host=" + t.TempDir(),
	} {
		out, ok := run(t, "succeed", "TEREM_TEST_DATABASE_URL="+url)
		if ok || !strings.Contains(out, "--- FAIL: TestChild/postgres") || strings.Contains(out, "hunter2") {
			t.Errorf("%s: succeeded %v, and printed:\n%s", name, ok, out)
		}
	}
}

func TestMigrationsThatFail(t *testing.T) {
	t.Parallel()
	dbtest.PostgresURL(t, nil) // skips where there is no PostgreSQL
	out, ok := run(t, "broken")
	for _, file := range []string{"sqlite/1_notes.sql failed", "postgres/1_notes.sql failed"} {
		if ok || !strings.Contains(out, file) || strings.Contains(out, "ran without") {
			t.Errorf("succeeded %v, and printed:\n%s", ok, out)
		}
	}
}
