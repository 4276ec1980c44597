package settings_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/settings"
)

type fileConfig struct {
	Addr string `env:"ADDR"`
	Host string `env:"HOST"`
	Key  string `env:"SECRET_KEY"`
}

func TestDotenv(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, text string
		want       fileConfig
	}{
		{"comments and space", "# c\n\n  ADDR = a # c\nexport HOST=\"h # h\"\t# c\n", fileConfig{Addr: "a", Host: "h # h"}},
		{"byte order mark and CRLF", "\ufeffADDR=a\r\nHOST='h'\r\n", fileConfig{Addr: "a", Host: "h"}},
		{"only a byte order mark", "\ufeff", fileConfig{}},
		{"several lines", "SECRET_KEY=\"one\r\ntwo='x'\n# three\"\nADDR='a\nb'\nHOST=h\n", fileConfig{Key: "one\ntwo='x'\n# three", Addr: "a\nb", Host: "h"}},
		{"other quote inside", `ADDR="it's"` + "\nHOST='\"'\n", fileConfig{Addr: "it's", Host: `"`}},
		{"reference", "ADDR=a\nHOST=${ADDR}.b\nSECRET_KEY=\"$ADDR\"\n", fileConfig{Addr: "a", Host: "a.b", Key: "a"}},
		{"no reference", "ADDR='$X'\nHOST=\\$X\nSECRET_KEY=a$x$$(y)\n", fileConfig{Addr: "$X", Host: "$X", Key: "a$x$$(y)"}},
		{"number sign", "ADDR=#a\nHOST= '# h'\n", fileConfig{Addr: "#a", Host: "# h"}},
		{"doubts about others", "COLOUR= # c\nPRICE=5$X\nADDR=a\n", fileConfig{Addr: "a"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var got fileConfig
			if _, err := settings.Load(&got, settings.Options{Dotenv: dotenv(t, test.text), Environ: none}); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestBrokenDotenv(t *testing.T) {
	t.Parallel()
	const (
		line      = ": expected NAME=value, where a value that begins with a quote ends with it"
		comment   = ": a comment stands where the value belongs; quote it if it is the value"
		reference = ": a $ refers to a name that no line above sets; in single quotes a $ is only a $"
	)
	tests := []struct {
		name, text string
		want       []string
	}{
		{"no equals sign", "ADDR=a\nhunter2\n", []string{"app.env:2" + line}},
		{"no equals sign at the end", "hunter2", []string{"app.env:1" + line}},
		{"no name", "=hunter2\n", []string{"app.env:1" + line}},
		{"two words", "MY KEY=hunter2\n", []string{"app.env:1" + line}},
		{"every line", "a b\r\nADDR=a\r\n\r\n{c}\r\n", []string{"app.env:1" + line, "app.env:4" + line}},
		{"open quote", "ADDR=a\nHOST=\"hunter2\nKEY=x\n", []string{"app.env:2" + line}},
		{"open single quote", "ADDR='\\'\n\n", []string{"app.env:1" + line}},
		{"quote closed by another", "ADDR=\"hunter2\nHOST=\"x\"\nx y\n", []string{"app.env:1" + line, "app.env:3" + line}},
		{"text after a quote", "ADDR='x'hunter2\n", []string{"app.env:1" + line}},
		{"UTF-16", "\xff\xfeA\x00=\x00b\x00\n\x00", []string{"app.env:1" + line, "app.env:2" + line}},
		{"comment as value", "ADDR= # c\n", []string{"ADDR (app.env:1)" + comment + `; found "# c"`}},
		{"unknown reference", "\nADDR=a$B\n", []string{"ADDR (app.env:2)" + reference + `; found "a"`}},
		{"unknown reference in parentheses", "ADDR=a$(B)\n", []string{"ADDR (app.env:1)" + reference + `; found "a)"`}},
		{"only an unknown reference", "ADDR=\"${B}\"\n", []string{"ADDR (app.env:1)" + reference}},
		{"reference to a later line", "ADDR=$B\nB=b\n", []string{"ADDR (app.env:1)" + reference}},
		{"reference to itself", "ADDR=$ADDR:80\n", []string{"ADDR (app.env:1)" + reference + `; found ":80"`}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := settings.Load(&fileConfig{}, settings.Options{Dotenv: dotenv(t, test.text), Environ: none})
			if diff := cmp.Diff(test.want, lines(t, err)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestUnreadableDotenv(t *testing.T) {
	t.Parallel()
	directory := t.TempDir()
	tests := []struct{ name, file, want string }{
		{"directory", directory, "is a directory"},
		{"missing", filepath.Join(directory, "missing.env"), "no such file or directory"},
		{"too large", dotenv(t, strings.Repeat("#\n", 1<<19)+"#"), "larger than 1 MiB"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			report, err := settings.Load(&fileConfig{}, settings.Options{Dotenv: test.file, Environ: none})
			var wrong *settings.Error
			if !errors.As(err, &wrong) || report != nil {
				t.Fatalf("got report %v, error %v; want only an error", report, err)
			}
			want := []settings.Problem{{Source: test.file, Text: "cannot be read: " + test.want}}
			if diff := cmp.Diff(want, wrong.Problems); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestMisspelt(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, text string
		want       string // the setting that is suggested
	}{
		{"letter missing", "SECRET_KE=x", "SECRET_KEY"},
		{"letter too many", "ADDRR=x", "ADDR"},
		{"two letters swapped", "SERCET_KEY=x", "SECRET_KEY"},
		{"two letters too many", "ADDRES=x", "ADDR"},
		{"underscore missing", "SECRETKEY=x", "SECRET_KEY"},
		{"lower case", "addr=x", "ADDR"},
		{"empty", "ADRR=", "ADDR"},
		{"nearest", "SECRET_KEYS=x", "SECRET_KEY"},
		{"three edits", "SECRETKEYS_=x", ""},
		{"half of a short name", "PORT=x", ""},
		{"another program's", "POSTGRES_PASSWORD=x", ""},
		{"beside the setting", "SECRET_KEY=x\nSECRET_KEYS=x", ""},
		{"beside the empty setting", "SECRET_KEY=\nSECRET_KEYS=x", "SECRET_KEY"},
		{"itself a setting", "HOSTS=x", ""},
	}
	type config struct {
		fileConfig
		Other string `env:"HOSTS"`
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			// What the environment sets makes a misspelling in the file no less of one.
			_, err := settings.Load(&config{}, settings.Options{
				Dotenv:  dotenv(t, test.text),
				Environ: []string{"ADDR=a", "ADDRS=x"},
			})
			if got := strings.Join(lines(t, err), "\n"); test.want == "" && got != "" ||
				!strings.Contains(got, "did you mean "+test.want) && test.want != "" {
				t.Errorf("got %q, want a suggestion of %q", got, test.want)
			}
		})
	}
}

// FuzzDotenv puts a secret into the file, where any text around it may break its line, turn it into another
// setting's value, or into a comment. However the file is read, no error may hold it.
func FuzzDotenv(f *testing.F) {
	for _, seed := range [][2]string{
		{"", "\n"}, {"A=\"", "\n"}, {"A='x'", "'"}, {"\ufeff# ", "\r\nADDR"}, {"ADRR=1\nx\n", "$X"},
		{"export ", " # \\'"}, {"=", "\x00"}, {"OTHER=a\\\"", "\" B=\n"},
	} {
		f.Add(seed[0], seed[1])
	}
	type config struct {
		Key   settings.Secret `env:"SECRET_KEY"`
		Other settings.Secret `env:"OTHER,required"`
	}
	const secret = "correct-horse"
	f.Fuzz(func(t *testing.T, before, after string) {
		name := filepath.Join(t.TempDir(), ".env")
		if err := os.WriteFile(name, []byte(before+"SECRET_KEY="+secret+after), 0o600); err != nil {
			t.Fatal(err)
		}
		var cfg config
		report, err := settings.Load(&cfg, settings.Options{Dotenv: name, Environ: none})
		if err != nil {
			_ = lines(t, err)
			if strings.Contains(err.Error(), secret) {
				t.Errorf("the error shows the secret: %v", err)
			}
		}
		for _, s := range report {
			if strings.Contains(s.Value, secret) {
				t.Errorf("the report shows the secret: %+v", s)
			}
		}
		if before == "" && after == "\n" && cfg.Key.Reveal() != secret {
			t.Errorf("the secret is %q, want %q", cfg.Key.Reveal(), secret)
		}
	})
}
