package settings_test

import (
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/terem-go/terem/settings"
)

type ShopConfig struct {
	Addr        string               `env:"ADDR" envDefault:"127.0.0.1:8000" doc:"host and port to listen on"`
	DatabaseURL settings.URL         `env:"DATABASE_URL" envDefault:"sqlite:shop.db" doc:"where the data is"`
	SecretKey   settings.Secret      `env:"SECRET_KEY" doc:"signs tokens; at least 32 characters"`
	Environment settings.Environment `env:"ENVIRONMENT" envDefault:"development" doc:"development, test or production"`
	LogLevel    slog.Level           `env:"LOG_LEVEL" envDefault:"info" doc:"debug, info, warn or error"`
	Timeout     time.Duration        `env:"REQUEST_TIMEOUT" envDefault:"30s" doc:"how long a request may take"`
}

var _ settings.Checker = (*ShopConfig)(nil)

func (c *ShopConfig) Check(p *settings.Problems) {
	if c.Environment.Production() && c.SecretKey.Len() < 32 {
		p.Add("SECRET_KEY", "set a random value of at least 32 characters, for instance from: openssl rand -hex 32")
	}
}

// The report shows every setting, its value without secrets, and where it came from.
func Example() {
	var cfg ShopConfig
	report, err := settings.Load(&cfg, settings.Options{
		Dotenv: "-",
		Environ: []string{
			"DATABASE_URL=postgres://shop:correct-horse@db.internal/shop",
			"SECRET_KEY=9f86d081884c7d659a2feaa0c55ad015",
			"ENVIRONMENT=production",
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(cfg.Timeout, cfg.DatabaseURL, cfg.SecretKey)
	if err := report.WriteTable(os.Stdout); err != nil {
		fmt.Println(err)
	}
	// Output:
	// 30s postgres://shop:***@db.internal/shop ***
	// NAME             VALUE                                 SOURCE       DEFAULT         DESCRIPTION
	// ADDR             127.0.0.1:8000                        default      127.0.0.1:8000  host and port to listen on
	// DATABASE_URL     postgres://shop:***@db.internal/shop  environment  sqlite:shop.db  where the data is
	// SECRET_KEY       ***                                   environment                  signs tokens; at least 32 characters
	// ENVIRONMENT      production                            environment  development     development, test or production
	// LOG_LEVEL        info                                  default      info            debug, info, warn or error
	// REQUEST_TIMEOUT  30s                                   default      30s             how long a request may take
}

// Everything that is wrong is told at once, with its source and the way out.
func ExampleLoad_wrong() {
	var cfg ShopConfig
	_, err := settings.Load(&cfg, settings.Options{
		Dotenv:  "-",
		Environ: []string{"REQUEST_TIMEOUT=soon", "SECRET_KEY=hunter2", "ENVIRONMENT=production"},
	})
	fmt.Println(err)
	// Output:
	// settings: wrong or missing:
	//   REQUEST_TIMEOUT (environment): expected a duration such as 30s or 5m; found "soon"
	//   SECRET_KEY (environment): set a random value of at least 32 characters, for instance from: openssl rand -hex 32; found ***
}

// A secret shows itself only when asked to.
func ExampleSecret() {
	key := settings.NewSecret("hunter2")
	fmt.Printf("%v %q %#v %d\n", key, key, key, key.Len())
	fmt.Println(key.Reveal())
	// Output:
	// *** *** *** 7
	// hunter2
}

// A URL hides its password, in whatever form it was written.
func ExampleURL() {
	for _, text := range []string{
		"postgres://shop:hunter2@db.internal/shop?sslmode=disable",
		"host=db.internal user=shop password='hunter 2' dbname=shop",
		"https://mail.example/send?token=hunter2&from=shop",
		"sqlite:shop.db",
	} {
		fmt.Println(settings.NewURL(text))
	}
	// Output:
	// postgres://shop:***@db.internal/shop?sslmode=disable
	// host=db.internal user=shop password=*** dbname=shop
	// https://mail.example/send?token=***&from=shop
	// sqlite:shop.db
}
