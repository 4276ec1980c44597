package settings_test

import (
	"encoding/json"
	"errors"
	"log/slog"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/settings"
)

// none is an environment with nothing in it.
var none = []string{}

// dotenv writes a .env file and returns its path.
func dotenv(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "app.env")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// lines returns the problems of an error as text, with the directory of the .env file left out.
func lines(t *testing.T, err error) []string {
	t.Helper()
	if err == nil {
		return nil
	}
	var wrong *settings.Error
	if !errors.As(err, &wrong) {
		t.Fatalf("not a *settings.Error: %v", err)
	}
	var out []string
	for _, p := range wrong.Problems {
		if p.Source != "" {
			p.Source = filepath.Base(p.Source)
		}
		out = append(out, p.String())
	}
	return out
}

type level int

type base struct {
	Region string `env:"REGION"`
}

type mail struct {
	Host string `env:"HOST" envDefault:"localhost"`
	Port uint16 `env:"PORT"`
}

type everything struct {
	base
	Text      string                 `env:"TEXT"`
	Bool      bool                   `env:"BOOL"`
	Int       int                    `env:"INT"`
	Level     level                  `env:"LEVEL"`
	Int64     int64                  `env:"INT64"`
	Uint64    uint64                 `env:"UINT64"`
	Float     float64                `env:"FLOAT"`
	Duration  time.Duration          `env:"DURATION"`
	Log       slog.Level             `env:"LOG"`
	Zone      *time.Location         `env:"ZONE"`
	Link      url.URL                `env:"LINK"`
	Peer      netip.Addr             `env:"PEER"`
	Bind      netip.AddrPort         `env:"BIND"`
	Proxies   []netip.Prefix         `env:"PROXIES"`
	Stages    []settings.Environment `env:"STAGES"`
	Hosts     []string               `env:"HOSTS" envSeparator:";"`
	Limits    map[string]int         `env:"LIMITS"`
	Env       settings.Environment   `env:"ENV"`
	Optional  *int                   `env:"OPTIONAL"`
	Mail      mail                   `envPrefix:"MAIL_"`
	Ignored   string                 `env:"-"`
	NotTagged string
}

func TestEveryType(t *testing.T) {
	t.Parallel()
	var got everything
	_, err := settings.Load(&got, settings.Options{Dotenv: "-", Environ: []string{
		"REGION=eu", "TEXT= as it is ", "BOOL=true", "INT=-1", "LEVEL=3", "INT64=-9223372036854775808",
		"UINT64=18446744073709551615", "FLOAT=0.5", "DURATION=1m30s", "LOG=warn", "ZONE=UTC",
		"LINK=https://example.com/a", "PROXIES=10.0.0.0/8, 192.168.0.0/16", "HOSTS=a; b,c ;d",
		"LIMITS=a:1, b:2", "PEER=10.0.0.1", "BIND=[::1]:80", "STAGES=test,production", "ENV=test", "OPTIONAL=7", "MAIL_PORT=25", "Ignored=x", "NOT_TAGGED=x",
	}})
	if err != nil {
		t.Fatal(err)
	}
	seven := 7
	want := everything{
		base: base{Region: "eu"}, Text: " as it is ", Bool: true, Int: -1, Level: 3,
		Int64: -9223372036854775808, Uint64: 18446744073709551615, Float: 0.5, Duration: 90 * time.Second,
		Log: slog.LevelWarn, Zone: time.UTC, Link: url.URL{Scheme: "https", Host: "example.com", Path: "/a"},
		Proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("192.168.0.0/16")},
		Hosts:   []string{"a", "b,c", "d"}, Limits: map[string]int{"a": 1, "b": 2}, Env: settings.Test,
		Peer: netip.MustParseAddr("10.0.0.1"), Bind: netip.MustParseAddrPort("[::1]:80"),
		Stages: []settings.Environment{settings.Test, settings.Production}, Optional: &seven, Mail: mail{Host: "localhost", Port: 25},
	}
	same := cmp.Options{
		cmp.AllowUnexported(everything{}),
		cmp.Comparer(func(a, b netip.Addr) bool { return a == b }),
		cmp.Comparer(func(a, b netip.AddrPort) bool { return a == b }),
		cmp.Comparer(func(a, b netip.Prefix) bool { return a == b }),
		cmp.Comparer(func(a, b *time.Location) bool { return a.String() == b.String() }),
	}
	if diff := cmp.Diff(want, got, same); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestWrongValues(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("я", 150)
	tests := []struct{ set, want string }{
		{"BOOL=maybe", `BOOL (environment): expected true or false; found "maybe"`},
		{"INT=3000000000", `INT (environment): expected a whole number from -2147483648 to 2147483647; found "3000000000"`},
		{"LEVEL=high", `LEVEL (environment): expected a whole number from -2147483648 to 2147483647; found "high"`},
		{"INT64=1.5", `INT64 (environment): expected a whole number from -9223372036854775808 to 9223372036854775807; found "1.5"`},
		{"UINT64=-1", `UINT64 (environment): expected a whole number from 0 to 18446744073709551615; found "-1"`},
		{"MAIL_PORT=65536", `MAIL_PORT (environment): expected a whole number from 0 to 65535; found "65536"`},
		{"OPTIONAL=x", `OPTIONAL (environment): expected a whole number from -2147483648 to 2147483647; found "x"`},
		{"FLOAT=half", `FLOAT (environment): expected a number; found "half"`},
		{"DURATION=30", `DURATION (environment): expected a duration such as 30s or 5m; found "30"`},
		{"LOG=loud", `LOG (environment): expected debug, info, warn or error; found "loud"`},
		{"ZONE=Nowhere", `ZONE (environment): expected a time zone such as Europe/London; found "Nowhere"`},
		{"LINK=%zz", `LINK (environment): expected a URL; found "%zz"`},
		{"PEER=localhost", `PEER (environment): expected an address such as 10.0.0.1; found "localhost"`},
		{"BIND=:80", `BIND (environment): expected an address and port such as 10.0.0.1:8000; found ":80"`},
		{"STAGES=test,prod", `STAGES (environment): expected development, test or production; found "test,prod"`},
		{"PROXIES=10.0.0.1", `PROXIES (environment): expected a network such as 10.0.0.0/8, or several with a separator between; found "10.0.0.1"`},
		{"PROXIES=10.0.0.0/8,", `PROXIES (environment): expected no empty item between the separators ","; found "10.0.0.0/8,"`},
		{"HOSTS=a;;b", `HOSTS (environment): expected no empty item between the separators ";"; found "a;;b"`},
		{"LIMITS=a", `LIMITS (environment): expected key:value pairs with a separator between; found "a"`},
		{"ENV=prod", `ENV (environment): expected development, test or production; found "prod"`},
		{"ENV=Production", `ENV (environment): expected development, test or production; found "Production"`},
		{"BOOL=1\nROOT (environment): all is well", `BOOL (environment): expected true or false; found "1\nROOT (environment): all is well"`},
		{"BOOL=\x1b[2J\xff", `BOOL (environment): expected true or false; found "\x1b[2J\xff"`},
		{"BOOL=" + long, `BOOL (environment): expected true or false; found "` + long[:200] + `…"`},
		{"LINK=http://u:hunter2@h:port/", `LINK (environment): expected a URL; found "http://u:***@h:port/"`},
	}
	for _, test := range tests {
		t.Run(test.set, func(t *testing.T) {
			t.Parallel()
			_, err := settings.Load(&everything{}, settings.Options{Dotenv: "-", Environ: []string{test.set}})
			if diff := cmp.Diff([]string{test.want}, lines(t, err)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// checked notes what Check saw.
type checked struct {
	Workers int    `env:"WORKERS" envDefault:"4"`
	Token   string `env:"TOKEN,required" doc:"opens the door"`
	Name    string `env:"NAME,required"`
	Size    int    `env:"SIZE"`
	saw     int
}

func (c *checked) Check(p *settings.Problems) {
	c.saw = c.Size
	p.Add("WORKERS", "Check says so")
	p.Add("NAME", "Check says\nso")
	p.Add("SIZE", "Check says so")
	p.Add("WORKERS/SIZE", "must fit together")
}

func TestEverythingIsToldAtOnce(t *testing.T) {
	t.Parallel()
	var cfg checked
	_, err := settings.Load(&cfg, settings.Options{
		Dotenv:  dotenv(t, "# comment\n\nSIZE=5\n\nWORKERS=many\nTOKEM=x\n"),
		Environ: []string{"NAME="},
	})
	want := []string{
		`WORKERS (app.env:5): expected a whole number from -2147483648 to 2147483647; found "many"`,
		`TOKEN (not set): required: opens the door`,
		`NAME (not set): required`,
		`TOKEM (app.env:6): not a setting; did you mean TOKEN? If both are meant, set TOKEN too`,
		`SIZE (app.env:3): Check says so; found "5"`,
		`WORKERS/SIZE: must fit together`,
	}
	if diff := cmp.Diff(want, lines(t, err)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if cfg.saw != 5 {
		t.Errorf("Check saw the size %d, want 5: it runs on what could be parsed", cfg.saw)
	}
	if got := strings.Count(err.Error(), "\n"); got != len(want) {
		t.Errorf("%d lines after the heading, want %d:\n%v", got, len(want), err)
	}
}

func TestSources(t *testing.T) {
	t.Parallel()
	type config struct {
		A string `env:"A" envDefault:"default"`
		B string `env:"B"`
	}
	tests := []struct {
		name, file  string
		environ     []string
		want, fromA string
	}{
		{"default", "", none, "default", "default"},
		{"file", "A=file\n", none, "file", "app.env:1"},
		{"environment wins", "A=file\n", []string{"A=environment"}, "environment", "environment"},
		{"last line wins", "A=1\nB=2\nA=3\n", none, "3", "app.env:3"},
		{"empty in the environment", "A=file\n", []string{"A="}, "file", "app.env:1"},
		{"empty in the file", "A=\n", none, "default", "default"},
		{"empty everywhere", "A=''\n", []string{"A="}, "default", "default"},
		{"no new line at the end", "A=file", none, "file", "app.env:1"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			cfg := config{A: "before", B: "before"}
			report, err := settings.Load(&cfg, settings.Options{Dotenv: dotenv(t, test.file), Environ: test.environ})
			if err != nil {
				t.Fatal(err)
			}
			if cfg.A != test.want || report[0].Value != test.want || filepath.Base(report[0].Source) != test.fromA {
				t.Errorf("got %q, report %+v; want %q from %s", cfg.A, report[0], test.want, test.fromA)
			}
			if cfg.B == "before" {
				t.Error("a value from before Load is still there")
			}
		})
	}
}

// Not parallel: the working directory and the environment belong to the process.
func TestDefaultsOfOptions(t *testing.T) {
	type config struct {
		File string `env:"TEREM_TEST_FILE"`
		Proc string `env:"TEREM_TEST_PROC"`
	}
	t.Chdir(t.TempDir())
	t.Setenv("TEREM_TEST_PROC", "process")

	var cfg config
	if _, err := settings.Load(&cfg, settings.Options{}); err != nil {
		t.Fatalf("without a .env: %v", err)
	}
	if want := (config{Proc: "process"}); cfg != want {
		t.Errorf("without a .env: got %+v, want %+v", cfg, want)
	}

	if err := os.WriteFile(".env", []byte("TEREM_TEST_FILE=file\nTEREM_TEST_PROC=file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	before := os.Environ()
	report, err := settings.Load(&cfg, settings.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if want := (config{File: "file", Proc: "process"}); cfg != want {
		t.Errorf("got %+v, want %+v", cfg, want)
	}
	if report[0].Source != ".env:1" {
		t.Errorf("source is %s, want .env:1", report[0].Source)
	}
	if !slices.Equal(before, os.Environ()) {
		t.Error("Load changed the environment of the process")
	}
	if _, err := settings.Load(&cfg, settings.Options{Dotenv: "-"}); err != nil || cfg.File != "" {
		t.Errorf(`with "-": got %+v, %v; want no value from the file`, cfg, err)
	}
}

func TestReport(t *testing.T) {
	t.Parallel()
	type config struct {
		Key   settings.Secret   `env:"KEY" envDefault:"default-key" doc:"a key"`
		Keys  []settings.Secret `env:"KEYS"`
		URL   *settings.URL     `env:"URL" envDefault:"redis://u:p@localhost"`
		Plain string            `env:"PLAIN"`
		Count int               `env:"COUNT"`
		Unset int               `env:"UNSET"`
	}
	var cfg config
	report, err := settings.Load(&cfg, settings.Options{Dotenv: "-", Environ: []string{
		"KEYS=one,two", "PLAIN=postgres://u:hunter2@h/d\tx", "COUNT=many",
	}})
	if err == nil {
		t.Error("COUNT=many was accepted")
	}
	want := settings.Report{
		{Name: "KEY", Value: "***", Default: "***", Source: "default", Doc: "a key"},
		{Name: "KEYS", Value: "***", Source: "environment"},
		{Name: "URL", Value: "redis://u:***@localhost", Default: "redis://u:***@localhost", Source: "default"},
		{Name: "PLAIN", Value: "postgres://u:***@h/d\tx", Source: "environment"},
		{Name: "COUNT", Value: "many", Source: "environment"},
		{Name: "UNSET", Source: "not set"},
	}
	if diff := cmp.Diff(want, report); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if cfg.Keys[1].Reveal() != "two" || cfg.URL.Reveal() != "redis://u:p@localhost" {
		t.Errorf("got %q and %q", cfg.Keys[1].Reveal(), cfg.URL.Reveal())
	}

	var table strings.Builder
	if err := report.WriteTable(&table); err != nil {
		t.Fatal(err)
	}
	wantTable := `NAME   VALUE                      SOURCE       DEFAULT                  DESCRIPTION
KEY    ***                        default      ***                      a key
KEYS   ***                        environment
URL    redis://u:***@localhost    default      redis://u:***@localhost
PLAIN  "postgres://u:***@h/d\tx"  environment
COUNT  many                       environment
UNSET                             not set
`
	if diff := cmp.Diff(wantTable, table.String()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	encoded, err := json.Marshal(report[:1])
	if err != nil {
		t.Fatal(err)
	}
	if want := `[{"name":"KEY","value":"***","default":"***","source":"default","doc":"a key"}]`; string(encoded) != want {
		t.Errorf("JSON is %s, want %s", encoded, want)
	}
}

func TestWriteTableFails(t *testing.T) {
	t.Parallel()
	file, err := os.Open(os.DevNull) // for reading only
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if err := (settings.Report{}).WriteTable(file); err == nil {
		t.Error("no error from a writer that cannot be written to")
	}
}

func TestEnvironment(t *testing.T) {
	t.Parallel()
	tests := []struct {
		environment             settings.Environment
		development, test, prod bool
	}{
		{settings.Development, true, false, false},
		{settings.Test, false, true, false},
		{settings.Production, false, false, true},
		{"", false, false, false},
	}
	for _, test := range tests {
		e := test.environment
		if e.Development() != test.development || e.Test() != test.test || e.Production() != test.prod {
			t.Errorf("%q: development %t, test %t, production %t", e, e.Development(), e.Test(), e.Production())
		}
	}
}
