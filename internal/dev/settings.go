package dev

import (
	"os"
	"path/filepath"

	"github.com/terem-go/terem/settings"
)

// dotenv is the file that holds an application's settings beside the environment.
const dotenv = ".env"

// known are the settings of an application that matter here.
type known struct {
	Addr      string `env:"ADDR"`
	AdminAddr string `env:"ADMIN_ADDR"`
	BaseURL   string `env:"BASE_URL"`
}

// readSettings reads the settings as the application does. What is wrong with
// them is left out: the application says it, in its own words.
func readSettings(dir string, environ []string) known {
	var k known
	o := settings.Options{Dotenv: filepath.Join(dir, dotenv), Environ: environ}
	if report, _ := settings.Load(&k, o); report == nil { // there is no file, or none that can be read
		o.Dotenv = "-"
		_, _ = settings.Load(&k, o)
	}
	return k
}

// environment returns the environment of an application that serves on addr,
// where browsers reach it at url.
func environment(dir string, environ []string, addr, url string) []string {
	env := append(environ[:len(environ):len(environ)], "ADDR="+addr, "TRUSTED_PROXIES=127.0.0.0/8")
	own := readSettings(dir, environ)
	if own.BaseURL == "" {
		env = append(env, "BASE_URL="+url) // or links in mails would lead past this server
	}
	if own.AdminAddr != "" {
		env = append(env, "ADMIN_ADDR=127.0.0.1:0") // the process before still has it
	}
	return env
}

// readDotenv returns the text of the file, or "" without one.
func readDotenv(dir string) []byte {
	text, _ := os.ReadFile(filepath.Join(dir, dotenv))
	return text
}
