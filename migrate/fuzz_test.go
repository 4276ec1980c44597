package migrate_test

import (
	"log/slog"
	"testing"
	"testing/fstest"

	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/migrate"
)

// FuzzFile: a file is refused when it is read, or fails when it is applied, or is
// applied and then there is nothing left to do.
func FuzzFile(f *testing.F) {
	f.Add("1_a.sql", "-- +goose Up\nCREATE TABLE a (id INTEGER);\n-- +goose Down\nDROP TABLE a;\n")
	f.Add("0001_a.sql", "-- +goose NO TRANSACTION\n-- +goose Up\nCREATE TABLE a (id INTEGER);")
	f.Add("2_a.sql", "-- +goose Up\n-- +goose StatementBegin\nSELECT 1;\nSELECT 2;\n-- +goose StatementEnd\n")
	f.Add("x.sql", "-- +goose Up")
	f.Add("99999999999999999999_a.sql", "-- +goose Up\nSELECT 1;")
	f.Add("0_a.sql", "--+goose up\nSELECT 1")
	f.Add("-1_a.sql", "-- +goose Down\n-- +goose Up\n;")
	f.Add("1_a.sql", "\ufeff-- +goose Up\r\nSELECT 1;\r\n-- +goose ENVSUB ON\nSELECT '${HOME}';")
	f.Fuzz(func(t *testing.T, name, text string) {
		files := fstest.MapFS{"sqlite/" + name: {Data: []byte(text)}}
		if _, err := files.ReadFile("sqlite/" + name); err != nil {
			t.Skip("it is no name of a file")
		}
		d := dbtest.SQLite(t, nil)
		m, err := migrate.New(d, files, migrate.Config{Logger: slog.New(slog.DiscardHandler)})
		if err != nil {
			return
		}
		if _, err := m.Up(t.Context()); err != nil {
			return
		}
		if again, err := m.Up(t.Context()); err != nil || len(again) > 0 {
			t.Errorf("applied a second time: %v, %v", again, err)
		}
		if pending, err := m.Pending(t.Context()); err != nil || len(pending) > 0 {
			t.Errorf("after it was applied there are %v, %v", pending, err)
		}
	})
}
