package app_test

import (
	"context"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/app"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/internal/processtest"
)

func TestMigrate(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, nil, func(t *testing.T, d *db.DB) {
		a := newApp(app.Config{DB: d, Logger: quiet})
		file := string(d.Dialect()) + "/00001_notes.sql"
		if got, want := run(t, a, "migrate", "status"), "1  "+file+"  pending\n"; got != want {
			t.Errorf("status is %q, want %q", got, want)
		}
		if err := a.Run(t.Context(), []string{"count"}, t.Output()); err == nil {
			t.Error("there is a table before the migration")
		}
		run(t, a, "migrate", "up")
		if got := run(t, a, "migrate", "up"); got != "nothing to do: every migration is applied\n" {
			t.Errorf("a second up prints %q", got)
		}
		status := strings.Fields(run(t, a, "migrate", "status"))
		if len(status) != 4 || status[1] != file {
			t.Fatalf("status is %q", status)
		}
		applied, err := time.Parse("2006-01-02T15:04:05Z", status[2]+"T"+status[3])
		if age := time.Since(applied); err != nil || age < -time.Minute || age > time.Minute {
			t.Errorf("applied at %s, %s ago: %v", applied, age, err)
		}
		if got := run(t, a, "count", "--above=0"); got != "0 notes\n" {
			t.Errorf("count prints %q", got)
		}
		run(t, a, "migrate", "down")
		if got := run(t, a, "migrate", "status"); !strings.HasSuffix(got, "pending\n") {
			t.Errorf("after down, status is %q", got)
		}
		if err := a.Run(t.Context(), []string{"migrate", "down"}, t.Output()); err == nil || !strings.Contains(err.Error(), "nothing to take back") {
			t.Errorf("a second down: %v", err)
		}
	})
}

// more are the migrations of the tests' application and a second one, for both
// databases.
func more(second string) fstest.MapFS {
	f := fstest.MapFS{}
	for name, file := range migrations {
		f[name] = file
	}
	for _, dialect := range []string{"sqlite", "postgres"} {
		f[dialect+"/00002_tags.sql"] = &fstest.MapFile{Data: []byte(second)}
	}
	return f
}

const tags = "-- Words.\n-- +goose NO TRANSACTION\n-- +goose Up\nCREATE TABLE tags (\n\tname TEXT -- a word\n);\nCREATE INDEX tags_name ON tags (name);\n-- +goose Down\nDROP TABLE tags;\n"

// twoFiles returns an application with two migrations.
func twoFiles(d *db.DB, second string) *app.App {
	return app.New(app.Config{DB: d, Logger: quiet, Name: "notes", Migrations: more(second)})
}

func fails(t *testing.T, a *app.App, want string, args ...string) {
	t.Helper()
	if err := a.Run(t.Context(), args, t.Output()); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%q: %v, want %s", args, err, want)
	}
}

func TestMigrateTo(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, nil, func(t *testing.T, d *db.DB) {
		a := twoFiles(d, tags)
		pending := func(want int) {
			t.Helper()
			if out := run(t, a, "migrate", "status"); strings.Count(out, "pending\n") != want {
				t.Errorf("status is\n%swant %d pending", out, want)
			}
		}
		run(t, a, "migrate", "to", "1")
		pending(1)
		if got := run(t, a, "migrate", "to", "1"); got != "nothing to do: the database is at number 1\n" {
			t.Errorf("a second time prints %q", got)
		}
		run(t, a, "migrate", "to", "2")
		pending(0)
		run(t, a, "migrate", "to", "0")
		pending(2)
		fails(t, a, "there is no migration with the number 3: they go from 1 to 2, and 0 takes all back", "migrate", "to", "3")
	})
}

func TestMigrateDryRun(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, nil, func(t *testing.T, d *db.DB) {
		a, dialect := twoFiles(d, tags), string(d.Dialect())
		create := strings.Split(string(migrations[dialect+"/00001_notes.sql"].Data), "\n")[1]
		first := "-- " + dialect + "/00001_notes.sql is applied, in a transaction\n" + create + "\n"
		second := "-- " + dialect + "/00002_tags.sql is applied, without a transaction\nCREATE TABLE tags (\n\tname TEXT -- a word\n);\nCREATE INDEX tags_name ON tags (name);\n"
		back := "-- " + dialect + "/00002_tags.sql is taken back, without a transaction\nDROP TABLE tags;\n"
		dry := func(want string, args ...string) {
			t.Helper()
			before := run(t, a, "migrate", "status")
			if got := run(t, a, append(append([]string{"migrate"}, args...), "--dry-run")...); got != want {
				t.Errorf("%q prints\n%swant\n%s", args, got, want)
			}
			if after := run(t, a, "migrate", "status"); after != before {
				t.Errorf("%q changed the status to\n%s", args, after)
			}
		}
		dry(first+"\n"+second, "up")
		dry(first, "to", "1")
		err := d.Read(t.Context(), func(ctx context.Context, r *db.Reader) error {
			_, err := r.Query(ctx, "SELECT * FROM terem_migrations")
			return err
		})
		if err == nil {
			t.Error("a dry run made a table")
		}
		run(t, a, "migrate", "up")
		checksums := func() (n int) {
			t.Helper()
			err := d.Read(t.Context(), func(ctx context.Context, r *db.Reader) error {
				return r.QueryRow(ctx, "SELECT count(checksum) FROM terem_migrations").Scan(&n)
			})
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		if n := checksums(); n != 2 {
			t.Errorf("there are %d checksums", n)
		}
		err = d.Do(t.Context(), func(ctx context.Context, s *db.Session) error { // as an older program leaves it
			_, err := s.Exec(ctx, "UPDATE terem_migrations SET checksum = NULL")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		dry("nothing to do: every migration is applied\n", "up")
		if n := checksums(); n != 0 {
			t.Errorf("a dry run recorded %d checksums", n)
		}
		dry(back, "down")
		dry(back, "to", "1")
	})
}

// The library's own migrations are taken back only when they are asked for.
func TestMigrateDownOfTheLibrary(t *testing.T) {
	t.Parallel()
	d := dbtest.SQLite(t, nil)
	a := newApp(app.Config{DB: d, Logger: quiet})
	api.Post(a.Router("pay"), "/pay", func(context.Context, *db.Session, *struct{}) (*api.Empty, error) { return nil, nil }, api.Public, api.Idempotent)
	run(t, a, "migrate", "up")
	run(t, a, "migrate", "down")
	fails(t, a, "nothing to take back", "migrate", "down")
	if got := run(t, a, "migrate", "status"); !strings.HasPrefix(got, "1  idempotency: sqlite/00001_idempotency.sql  20") {
		t.Errorf("status is\n%s", got)
	}
	fails(t, a, `no source "jobs": there are idempotency`, "migrate", "down", "--source=jobs")
	run(t, a, "migrate", "down", "--source=idempotency")
	if got := run(t, a, "migrate", "status"); strings.Count(got, "pending") != 2 {
		t.Errorf("then status is\n%s", got)
	}
}

func TestEditedMigrations(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, nil, func(t *testing.T, d *db.DB) {
		run(t, twoFiles(d, tags), "migrate", "up")
		edited := strings.Replace(tags, "name TEXT", "name VARCHAR(10)", 1)
		a, file := twoFiles(d, edited), string(d.Dialect())+"/00002_tags.sql"
		fails(t, a, "edited after it was applied: "+file, "migrate", "up")
		if out := run(t, a, "migrate", "status"); strings.Count(out, "Z  edited since\n") != 1 || !strings.Contains(out, "migrate accept FILE") {
			t.Errorf("status is\n%s", out)
		}
		var list []struct {
			Number    int64      `json:"number"`
			File      string     `json:"file"`
			AppliedAt *time.Time `json:"applied_at"`
			Edited    bool       `json:"edited"`
		}
		if err := json.Unmarshal([]byte(run(t, a, "migrate", "status", "--json")), &list); err != nil {
			t.Fatal(err)
		}
		if len(list) != 2 || list[0].Edited || !list[1].Edited || list[1].File != file || list[1].Number != 2 || list[1].AppliedAt == nil {
			t.Errorf("as JSON: %+v", list)
		}

		// A server starts all the same, unless it is to migrate.
		log, text := jsonLog()
		served := app.New(app.Config{DB: d, Logger: log, Addr: "127.0.0.1:0", Migrations: more(edited)})
		serve(t, served, text)
		if lines := text.Lines(`"level":"WARN"`); len(lines) != 1 || !strings.Contains(lines[0], "a migration was edited after it was applied") || !strings.Contains(lines[0], file) {
			t.Errorf("the server warns of %q", lines)
		}
		migrating := app.New(app.Config{DB: d, Logger: quiet, Addr: "127.0.0.1:0", Migrations: more(edited), MigrateOnStart: true})
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		if err := migrating.Serve(ctx); err == nil || !strings.Contains(err.Error(), "edited after it was applied") {
			t.Errorf("MigrateOnStart: %v", err)
		}

		if out := run(t, a, "migrate", "accept", "00002_tags.sql"); out != "accepted: "+file+" counts as it is now\n" {
			t.Errorf("accept prints %q", out)
		}
		run(t, a, "migrate", "up")
	})
}

func TestStatusOfPendingIsNull(t *testing.T) {
	t.Parallel()
	out := run(t, newApp(app.Config{DB: dbtest.SQLite(t, nil), Logger: quiet}), "migrate", "status", "--json")
	want := `[
  {
    "number": 1,
    "file": "sqlite/00001_notes.sql",
    "applied_at": null,
    "edited": false
  }
]
`
	if out != want {
		t.Errorf("got %s", out)
	}
}

// Many replicas that start at once migrate an empty database once.
func TestMigrateOnStart(t *testing.T) {
	t.Parallel()
	for dialect, url := range map[string]string{"sqlite": dbtest.SQLiteURL(t, nil), "postgres": dbtest.PostgresURL(t, nil)} {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			var replicas []*processtest.Process
			for range 3 {
				replicas = append(replicas, processtest.Start(t, program(t, url, nil, "APP_TEST_ADDR=127.0.0.1:0", "APP_TEST_MIGRATE=1")))
			}
			applied := 0
			for _, p := range replicas {
				c := &processtest.Client{Addr: p.Addr(t)}
				if r := do(t, c, "GET", "/readyz", nil); r.Status != 200 {
					t.Errorf("/readyz: status %d", r.Status)
				}
				c.Close()
				applied += len(p.Log.Lines("migration applied"))
			}
			if applied != len(migrations)/2 {
				t.Errorf("%d migrations were applied, want %d", applied, len(migrations)/2)
			}
			for _, p := range replicas {
				p.Signal(t, os.Interrupt)
				if err := p.Wait(t, time.Minute); err != nil {
					t.Errorf("it ends with %v", err)
				}
			}
		})
	}
}

// A database that is down when the server starts is migrated once it answers.
func TestMigrateOnStartWaitsForTheDatabase(t *testing.T) {
	t.Parallel()
	first, _, server := outage(t)
	run(t, first, "migrate", "down")
	if err := server.Kill(); err != nil {
		t.Fatal(err)
	}
	log, text := jsonLog()
	d, err := openDB(t.Context(), server.URL("postgres"), log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close(context.Background()) })
	a := newApp(app.Config{DB: d, Logger: log, MigrateOnStart: true})
	restarted := make(chan error, 1)
	go func() {
		defer close(restarted)
		end := time.Now().Add(time.Minute)
		for len(text.Lines("it is migrated and used when it does")) == 0 && time.Now().Before(end) {
			time.Sleep(10 * time.Millisecond)
		}
		restarted <- server.Restart(context.Background())
	}()
	c := serve(t, a, text)
	if err := <-restarted; err != nil {
		t.Fatal(err)
	}
	await(t, c, "POST", "/api/notes", map[string]any{"text": "one"}, 200)
}
