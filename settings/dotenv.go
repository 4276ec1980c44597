package settings

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
)

// dotenv is what a .env file says. The zero value is a file that says nothing.
type dotenv struct {
	name    string
	entries map[string]entry
}

// entry is what the last line for a name says.
type entry struct {
	text  string
	line  int
	doubt string // why the text is probably not what was meant, or ""
}

// source is a place in the file, for people.
func (d dotenv) source(line int) string { return fmt.Sprintf("%s:%d", d.name, line) }

// maxDotenv is how many bytes a .env file may have: it holds settings, not data.
const maxDotenv = 1 << 20

// readDotenv reads the file that Options.Dotenv names. The problems hold nothing of the file's text.
func readDotenv(name string) (dotenv, []Problem) {
	if name == "-" {
		return dotenv{}, nil
	}
	d := dotenv{name: name, entries: map[string]entry{}}
	if name == "" {
		d.name = ".env"
	}
	text, err := readText(d.name)
	if name == "" && errors.Is(err, fs.ErrNotExist) {
		return dotenv{}, nil
	}
	if err != nil {
		return dotenv{}, []Problem{{Source: d.name, Text: reason(err)}}
	}
	return d, d.parse(text)
}

// readText reads a file without its byte order mark. Every line ends in \n alone.
func readText(name string) (string, error) {
	file, err := os.Open(name) // #nosec G304 -- which file it is says whoever starts the program
	if err != nil {
		return "", err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxDotenv+1))
	if err != nil {
		return "", err
	}
	if len(data) > maxDotenv {
		return "", errors.New("larger than 1 MiB")
	}
	text := strings.TrimPrefix(string(data), "\ufeff")
	return strings.ReplaceAll(text, "\r\n", "\n") + "\n", nil
}

// reason says why a file cannot be read, without repeating its name.
func reason(err error) string {
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		err = pathError.Err
	}
	return "cannot be read: " + err.Error()
}
