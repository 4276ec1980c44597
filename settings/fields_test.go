package settings_test

import (
	"strings"
	"testing"

	"github.com/terem-go/terem/settings"
)

func load[T any]() error {
	_, err := settings.Load(new(T), settings.Options{Dotenv: "-", Environ: none})
	return err
}

type hiddenPart struct {
	Inner string `env:"INNER"`
}

// A mistake in the struct is told whether or not the setting is set.
func TestWrongStruct(t *testing.T) {
	t.Parallel()
	type Config struct {
		A    string `env:"NAME"`
		Mail struct {
			B string `env:"AME"`
		} `envPrefix:"N"`
	}
	tests := []struct {
		name string
		err  error
		want string
	}{
		{"not a struct", load[int](), "settings: int is not a struct"},
		{"two of one name", load[Config](), "settings: Config.A and Config.Mail.B are both named NAME"},
		{"unexported", load[struct {
			addr string `env:"ADDR"` //nolint:unused // what is tested
		}](), "settings: addr has an env tag but is not exported"},
		{"inside unexported", load[struct {
			part hiddenPart //nolint:unused // what is tested
		}](), "settings: part.Inner has an env tag but is not exported"},
		{"type", load[struct {
			Events []chan int `env:"EVENTS"`
		}](), "settings: Events: no text can be read into the type []chan int"},
		{"interface", load[struct {
			Any any `env:"ANY"`
		}](), "settings: Any: no text can be read into the type interface {}"},
		{"named struct", load[struct {
			Part hiddenPart `env:"PART"`
		}](), "settings: Part: no text can be read into the type settings_test.hiddenPart"},
		{"nameless struct", load[struct {
			Part struct {
				Inner string `env:"INNER"`
			} `env:"PART"`
		}](), "settings: Part: no text can be read into the type struct { Inner string \"env:\\\"INNER\\\"\" }"},
		{"map past UnmarshalText", load[struct {
			Stages map[string]settings.Environment `env:"STAGES"`
		}](), "settings: Stages: no text can be read into the type map[string]settings.Environment"},
		{"pointer to struct", load[struct {
			Part *hiddenPart
		}](), "settings: Part holds settings but is a *settings_test.hiddenPart, not a struct"},
		{"prefix of nothing", load[struct {
			Parts []hiddenPart `envPrefix:"PART_"`
		}](), "settings: Parts holds settings but is a []settings_test.hiddenPart, not a struct"},
		{"option", load[struct {
			Key string `env:"KEY,unset"`
		}](), `settings: Key: env tag: "unset" is not an option; there is only "required"`},
		{"no name", load[struct {
			Key string `env:",required"`
		}](), `settings: Key: env tag: "" is not a name of letters, digits and underscores`},
		{"only a prefix", load[struct {
			Part struct {
				Key string `env:""`
			} `envPrefix:"PART"`
		}](), `settings: Part.Key: env tag: "PART" is not a name of letters, digits and underscores`},
		{"wrong name", load[struct {
			Key string `env:"MY KEY"`
		}](), `settings: Key: env tag: "MY KEY" is not a name of letters, digits and underscores`},
		{"required with default", load[struct {
			Key string `env:"KEY,required" envDefault:"x"`
		}](), "settings: Key: a required setting cannot have an envDefault"},
		{"default", load[struct {
			Size int8 `env:"SIZE" envDefault:"128"`
		}](), `settings: Size: envDefault: expected a whole number from -128 to 127; found "128"`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if test.err == nil || test.err.Error() != test.want {
				t.Errorf("got  %v\nwant %s", test.err, test.want)
			}
		})
	}
}

func TestStructWithoutSettings(t *testing.T) {
	t.Parallel()
	type config struct {
		Next *config
		Name string
	}
	var cfg config
	report, err := settings.Load(&cfg, settings.Options{Dotenv: "-", Environ: []string{"NAME=x"}})
	if err != nil || len(report) != 0 || cfg.Name != "" {
		t.Errorf("got %+v, %v, %v; want nothing set", cfg, report, err)
	}
	var table strings.Builder
	if err := report.WriteTable(&table); err != nil || !strings.HasPrefix(table.String(), "NAME") {
		t.Errorf("got %q, %v; want a heading", table.String(), err)
	}
}
