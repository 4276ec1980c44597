package main

import (
	"crypto/rand"
	"log/slog"
	"net"
	"net/netip"
	"strconv"
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
	DatabaseURL    settings.URL         `env:"DATABASE_URL" envDefault:"sqlite:appname.db" doc:"sqlite:FILE or postgres://…"`
	SecretKey      settings.Secret      `env:"SECRET_KEY" doc:"signs access tokens; random, at least 32 characters"`
	TokenLifetime  time.Duration        `env:"TOKEN_LIFETIME" envDefault:"30m" doc:"how long an access token is valid"`
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

// minSecret is how many characters SECRET_KEY must have.
const minSecret = 32

// Check reports what is wrong beyond the types.
func (c *Config) Check(p *settings.Problems) {
	if _, port, err := net.SplitHostPort(c.Addr); err != nil {
		p.Add("ADDR", "expected a host and a port, such as 127.0.0.1:8000")
	} else if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		p.Add("ADDR", "expected a port from 0 to 65535")
	}
	url := c.DatabaseURL.Reveal()
	switch scheme, rest, _ := strings.Cut(url, ":"); {
	case scheme != "sqlite" && scheme != "postgres" && scheme != "postgresql":
		p.Add("DATABASE_URL", "expected sqlite:FILE or postgres://…")
	case c.Environment.Production() && scheme != "sqlite" && strings.HasPrefix(rest, "//postgres@"):
		p.Add("DATABASE_URL", "expected a user of the application's own, not the superuser without a password")
	}
	if n := c.SecretKey.Len(); n < minSecret && (n > 0 || c.Environment.Production()) {
		p.Add("SECRET_KEY", "expected a random value of at least 32 characters, for instance from: openssl rand -hex 32")
	}
	if c.TokenLifetime < time.Second || c.TokenLifetime%time.Second != 0 {
		p.Add("TOKEN_LIFETIME", "expected whole seconds, at least 1s")
	}
	if c.MaxBody < 1 {
		p.Add("MAX_BODY", "expected a number above 0")
	}
	if c.RequestTimeout < time.Second {
		p.Add("REQUEST_TIMEOUT", "expected at least 1s")
	}
	for _, o := range c.CORSOrigins {
		if o != "*" && !strings.HasPrefix(o, "https://") && !strings.HasPrefix(o, "http://") {
			p.Add("CORS_ORIGINS", "expected origins such as https://app.example, or *")
		}
	}
	if c.DrainTimeout < 0 {
		p.Add("DRAIN_TIMEOUT", "expected 0s or more")
	}
	if c.StopTimeout < time.Second {
		p.Add("STOP_TIMEOUT", "expected at least 1s")
	}
}

// secretKey returns SECRET_KEY. Without one, which production refuses, the key
// lasts until the process ends, and so do the tokens.
func (c *Config) secretKey(log *slog.Logger) string {
	if c.SecretKey.Len() > 0 {
		return c.SecretKey.Reveal()
	}
	log.Warn("SECRET_KEY is not set: access tokens end with this process")
	return rand.Text() + rand.Text()
}

// cors allows the pages of CORS_ORIGINS to call the API; nil for none.
func (c *Config) cors() *api.CORS {
	if len(c.CORSOrigins) == 0 {
		return nil
	}
	return &api.CORS{Origins: c.CORSOrigins}
}
