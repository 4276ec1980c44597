package main

import (
	"crypto/rand"
	"log/slog"
	"net/netip"
	"strings"
	"time"

	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/settings"
)

// Config is the application's configuration, from the environment and .env.
// Nothing else reads either.
type Config struct {
	Environment    settings.Environment `env:"ENVIRONMENT" envDefault:"development" doc:"development, test or production"`
	Addr           string               `env:"ADDR" envDefault:"127.0.0.1:8000" doc:"host and port to listen on"`
	AdminAddr      string               `env:"ADMIN_ADDR" doc:"host and port for /metrics and pprof, such as 127.0.0.1:9090; off by default"`
	BaseURL        string               `env:"BASE_URL" doc:"where people reach the application, such as https://conduit.example; http://ADDR by default"`
	DatabaseURL    settings.URL         `env:"DATABASE_URL" envDefault:"sqlite:conduit.db" doc:"sqlite:FILE or postgres://…"`
	ReplicaURLs    []settings.URL       `env:"DATABASE_REPLICA_URLS" doc:"databases that follow it, for reads: postgres://… with commas between"`
	Pooler         string               `env:"DATABASE_POOLER" doc:"transaction behind PgBouncer in that mode; nothing without a pooler"`
	DirectURL      settings.URL         `env:"DATABASE_DIRECT_URL" doc:"the database past the pooler, for migrations, jobs and COMMITs that were not answered"`
	ReaderURL      settings.URL         `env:"DATABASE_READER_URL" doc:"the database by way of the pooler, as a role that only reads"`
	MigrateOnStart bool                 `env:"MIGRATE_ON_START" envDefault:"false" doc:"apply pending migrations before serving"`
	SecretKey      settings.Secret      `env:"SECRET_KEY" doc:"signs tokens and what pages keep in browsers; random, at least 32 characters"`
	TokenLifetime  time.Duration        `env:"TOKEN_LIFETIME" envDefault:"168h" doc:"how long a token is valid: the API has no way to renew one but to log in"`
	OldSecretKeys  []settings.Secret    `env:"OLD_SECRET_KEYS" doc:"what SECRET_KEY was before, with commas between, until all that it has signed is over"`
	Registrations  int                  `env:"REGISTRATIONS" envDefault:"30" doc:"how many may register from one address without a delay; after that one in five minutes"`
	Jobs           string               `env:"JOBS" envDefault:"server" doc:"which process runs jobs: server, or worker for the command worker only"`
	LogLevel       slog.Level           `env:"LOG_LEVEL" envDefault:"info" doc:"debug, info, warn or error"`
	MaxBody        int64                `env:"MAX_BODY" envDefault:"1048576" doc:"how large a request body may be, in bytes"`
	RequestTimeout time.Duration        `env:"REQUEST_TIMEOUT" envDefault:"30s" doc:"how long a request may take"`
	TrustedProxies []netip.Prefix       `env:"TRUSTED_PROXIES" doc:"networks whose X-Forwarded-For is believed, such as 127.0.0.0/8"`
	CORSOrigins    []string             `env:"CORS_ORIGINS" doc:"origins whose pages may call the API, such as https://app.example"`
	DrainTimeout   time.Duration        `env:"DRAIN_TIMEOUT" envDefault:"0s" doc:"how long to go on after a signal to stop, for load balancers"`
	StopTimeout    time.Duration        `env:"STOP_TIMEOUT" envDefault:"20s" doc:"how long requests may take to finish after that"`
}

var _ settings.Checker = (*Config)(nil)

func loadConfig(o settings.Options) (*Config, settings.Report, error) {
	cfg := new(Config)
	report, err := settings.Load(cfg, o)
	return cfg, report, err
}

// Values of JOBS.
const jobsInServer, jobsInWorker = "server", "worker"

// Check reports what is wrong beyond the types.
func (c *Config) Check(p *settings.Problems) {
	p.Addr("ADDR", c.Addr)
	if c.AdminAddr != "" {
		p.Addr("ADMIN_ADDR", c.AdminAddr)
	}
	if c.AdminAddr == c.Addr {
		p.Add("ADMIN_ADDR", "expected an address other than ADDR")
	}
	c.checkDatabase(p)
	if n := c.SecretKey.Len(); n < 32 && (n > 0 || c.Environment.Production()) {
		p.Add("SECRET_KEY", "expected a random value of at least 32 characters, for instance from: openssl rand -hex 32")
	}
	p.BaseURL("BASE_URL", c.BaseURL, c.Environment)
	if c.Jobs != jobsInServer && c.Jobs != jobsInWorker {
		p.Add("JOBS", "expected server or worker")
	}
	for _, key := range c.OldSecretKeys {
		if key.Len() < 32 {
			p.Add("OLD_SECRET_KEYS", "expected values of at least 32 characters")
		}
	}
	if c.TokenLifetime < time.Second || c.TokenLifetime%time.Second != 0 {
		p.Add("TOKEN_LIFETIME", "expected whole seconds, at least 1s")
	}
	if c.Registrations < 1 {
		p.Add("REGISTRATIONS", "expected a number above 0")
	}
	if c.MaxBody < 1 {
		p.Add("MAX_BODY", "expected a number above 0")
	}
	if c.RequestTimeout < time.Second {
		p.Add("REQUEST_TIMEOUT", "expected at least 1s")
	}
	p.Origins("CORS_ORIGINS", c.CORSOrigins)
	if c.DrainTimeout < 0 {
		p.Add("DRAIN_TIMEOUT", "expected 0s or more")
	}
	if c.StopTimeout < time.Second {
		p.Add("STOP_TIMEOUT", "expected at least 1s")
	}
}

// secure reports whether browsers reach the application by https.
func (c *Config) secure() bool { return strings.HasPrefix(c.BaseURL, "https://") }

// secretKey returns SECRET_KEY. Without one, which production refuses, the key
// lasts until the process ends, and so do the tokens.
func (c *Config) secretKey(log *slog.Logger) string {
	if c.SecretKey.Len() > 0 {
		return c.SecretKey.Reveal()
	}
	log.Warn("SECRET_KEY is not set: tokens and messages on pages end with this process")
	return rand.Text() + rand.Text()
}

// oldSecretKeys returns OLD_SECRET_KEYS.
func (c *Config) oldSecretKeys() (keys []string) {
	for _, key := range c.OldSecretKeys {
		keys = append(keys, key.Reveal())
	}
	return keys
}

// cors allows the pages of CORS_ORIGINS to call the API; nil for none.
func (c *Config) cors() *api.CORS {
	if len(c.CORSOrigins) == 0 {
		return nil
	}
	return &api.CORS{Origins: c.CORSOrigins}
}
