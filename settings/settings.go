// Package settings reads an application's configuration from the environment and a .env file into a
// struct, and checks it as a whole before anything starts.
//
// A field of the struct is a setting when it has an env tag:
//
//	type Config struct {
//		Addr      string          `env:"ADDR" envDefault:"127.0.0.1:8000" doc:"host and port to listen on"`
//		SecretKey settings.Secret `env:"SECRET_KEY,required" doc:"signs tokens"`
//		Proxies   []netip.Prefix  `env:"TRUSTED_PROXIES"`
//		Mail      MailConfig      `envPrefix:"MAIL_"`
//	}
//
//	env           the setting's name, and after a comma "required", if it must be set
//	envDefault    the text that applies when the setting is not set
//	envSeparator  what separates the items of a slice or map, a comma unless given
//	envPrefix     on a struct without an env tag: put before the names of its settings
//	doc           a description for people, shown in reports and when a required setting is missing
//
// Types are those of github.com/caarlos0/env: strings, booleans, numbers, [time.Duration], anything with
// an UnmarshalText method, pointers to these, slices, and maps written as key:value. Space around the
// items of a slice or map is dropped, and an empty item is refused.
//
// A text that nobody may see is a [Secret], and one that may hold a password a [URL]. Values of other types
// are shown in reports and errors, with whatever looks like a password in them hidden as in a URL.
//
// A setting takes its text from the first of these that is not empty: the environment, the .env file,
// its envDefault. A variable that is set but empty therefore counts as not set everywhere: the default
// applies to it, and "required" refuses it.
//
// The .env file has the syntax of github.com/joho/godotenv. In a value without quotes or in double
// quotes, $NAME stands for what a line above gave NAME; in single quotes a $ is only a $.
package settings

import (
	"os"
	"reflect"

	"github.com/caarlos0/env/v11"
)

// Options says where settings are read from. The zero value suits an application.
type Options struct {
	// Dotenv is the path of a .env file, which must exist. The default is .env in the working directory,
	// if there is one. "-" reads no file.
	Dotenv string
	// Environ is the environment as lines NAME=value. The default, nil, is [os.Environ].
	Environ []string
}

// Checker is what a configuration implements to be checked beyond the types of its fields. A declaration
// such as var _ settings.Checker = (*Config)(nil) has the compiler see to it that Check is found.
type Checker interface {
	// Check adds what is wrong to p. Settings that failed to parse have their zero value, and what is
	// added about them is dropped, because they are reported already.
	Check(p *Problems)
}

// Load sets cfg, a struct, from the environment and the .env file. What cfg held before is discarded, so
// that every value has a source. The process's environment is not changed.
//
// An error that a user of the application can mend is an [*Error], which names everything that is wrong;
// cfg must not be used then, while the report still tells what was found. Only a .env file that cannot be
// read as a whole is reported alone and without a report, since nobody knows what it would have set. Any
// other error is a mistake in the struct, and names the field.
func Load[T any](cfg *T, opts Options) (Report, error) {
	var zero T
	*cfg = zero
	fields, err := fieldsOf(reflect.TypeFor[T]())
	if err != nil {
		return nil, err
	}
	file, broken := readDotenv(opts.Dotenv)
	if broken != nil {
		return nil, &Error{Problems: broken}
	}
	if opts.Environ == nil {
		opts.Environ = os.Environ()
	}

	p := &Problems{failed: map[string]bool{}}
	fill(reflect.ValueOf(cfg).Elem(), fields, env.ToMap(opts.Environ), file, p)
	file.misspelt(fields, p)
	if c, ok := any(cfg).(Checker); ok {
		c.Check(p)
	}
	if len(p.list) > 0 {
		return p.report, &Error{Problems: p.list}
	}
	return p.report, nil
}

// fill sets the fields of cfg that can be set, and notes in p the report and what is wrong.
func fill(cfg reflect.Value, fields []field, environ map[string]string, file dotenv, p *Problems) {
	p.report = make(Report, 0, len(fields))
	for _, f := range fields {
		text, source, doubt := f.lookup(environ, file)
		p.report = append(p.report, Setting{
			Name:    f.name,
			Value:   f.printed(text),
			Default: f.printed(f.fallback),
			Source:  source,
			Doc:     f.doc,
		})
		switch {
		case doubt != "":
			p.fail(f.name, doubt)
		case text == "" && f.required:
			p.fail(f.name, f.missing())
		case text != "":
			value, wrong := f.parse(text)
			if wrong != "" {
				p.fail(f.name, wrong)
				continue
			}
			cfg.FieldByIndex(f.index).Set(value)
		}
	}
}

// lookup returns the field's text, where it came from, and what makes the text doubtful, if anything.
func (f field) lookup(environ map[string]string, file dotenv) (text, source, doubt string) {
	if text := environ[f.name]; text != "" {
		return text, SourceEnvironment, ""
	}
	if e := file.entries[f.name]; e.text != "" || e.doubt != "" {
		return e.text, file.source(e.line), e.doubt
	}
	if f.fallback != "" {
		return f.fallback, SourceDefault, ""
	}
	return "", SourceNone, ""
}
