package settings_test

import (
	"strings"
	"testing"

	"github.com/terem-go/terem/settings"
)

// web are settings with the checks for what they hold.
type web struct {
	Environment settings.Environment `env:"ENVIRONMENT" envDefault:"development"`
	Addr        string               `env:"ADDR" envDefault:":8000"`
	BaseURL     string               `env:"BASE_URL"`
	Origins     []string             `env:"ORIGINS"`
}

func (c *web) Check(p *settings.Problems) {
	p.Addr("ADDR", c.Addr)
	p.BaseURL("BASE_URL", c.BaseURL, c.Environment)
	p.Origins("ORIGINS", c.Origins)
}

func TestChecks(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{ // "" for nothing
		"ADDR=localhost:80":                                     "",
		"ADDR=[::1]:0":                                          "",
		"ADDR=localhost":                                        "app.env:1): expected a host and a port",
		"ADDR=:http":                                            "expected a port from 0 to 65535",
		"ADDR=:65536":                                           "expected a port from 0 to 65535",
		"BASE_URL=http://shop.example/":                         "",
		"BASE_URL=shop.example":                                 "app.env:1): expected an address without a path",
		"BASE_URL=ftp://shop.example":                           "expected an address without a path",
		"BASE_URL=https://":                                     "expected an address without a path",
		"BASE_URL=https://shop.example/app":                     "expected an address without a path",
		"BASE_URL=https://shop.example/?a=b":                    "expected an address without a path",
		"BASE_URL=https://me:x@shop.example":                    "expected an address without a path",
		"BASE_URL='https://shop.example/#/'":                    "expected an address without a path",
		"BASE_URL='https://shop.example?'":                      "expected an address without a path",
		"BASE_URL=https://:8000":                                "expected an address without a path",
		"BASE_URL=HTTPS://shop.example":                         "expected an address without a path",
		"ENVIRONMENT=production":                                "BASE_URL (not set): expected where people reach the application",
		"BASE_URL=http://shop.example\nENVIRONMENT=production":  "expected https:// in production",
		"BASE_URL=https://shop.example\nENVIRONMENT=production": "",
		"BASE_URL=http://127.0.0.1:80\nENVIRONMENT=production":  "",
		"BASE_URL=http://localhost\nENVIRONMENT=production":     "",
		"ORIGINS=https://a.example,http://localhost:5173":       "",
		"ORIGINS=https://a.example,https://*.example":           "app.env:1): expected origins",
		"ORIGINS=https://a.example/":                            "expected origins",
		"ORIGINS=*":                                             "expected origins",
	} {
		_, err := settings.Load(new(web), settings.Options{Dotenv: dotenv(t, line+"\n"), Environ: none})
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: the error is %v, want %q", line, err, want)
		}
	}
}
