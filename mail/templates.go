package mail

import (
	"errors"
	"fmt"
	html "html/template"
	"io"
	"io/fs"
	"path"
	"regexp"
	"strings"
	text "text/template"
)

// Templates are the messages of an application, read from files. It may be used by several goroutines at once.
type Templates struct {
	messages map[string]*message
}

// message is one of them.
type message struct {
	subject, text *text.Template
	html          *html.Template // nil for a message of text only
}

// ParseTemplates reads the messages of a folder: for a message "welcome" the file welcome.txt, whose first line is
// its subject,
//
//	Subject: Welcome, {{.Name}}
//
// and welcome.html if it has HTML too. Text is of package text/template, HTML of html/template, which escapes
// what is put into it. What several messages share stands in files of the folder parts, and is put into a text by
// {{template "parts/footer.txt" .}} and into HTML by {{template "parts/footer.html" .}}.
//
// It refuses a file that cannot be parsed, a text without a subject, HTML without a text, the use of a part that
// does not exist, a file of another kind, and a folder without messages.
func ParseTemplates(files fs.FS) (*Templates, error) {
	t := &Templates{messages: map[string]*message{}}
	sources, err := read(files)
	if err == nil {
		err = t.parse(sources)
	}
	if err != nil {
		return nil, fmt.Errorf("mail: templates: %w", err)
	}
	return t, nil
}

// read returns the files of the folder and of its folder parts.
func read(files fs.FS) (map[string]string, error) {
	sources := map[string]string{}
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && name != "." && name != "parts":
			return fmt.Errorf("%s: only parts may be a folder", name)
		case entry.IsDir():
			return nil
		case path.Ext(name) != ".txt" && path.Ext(name) != ".html":
			return fmt.Errorf("%s: expected a name that ends in .txt or .html", name)
		}
		source, err := fs.ReadFile(files, name)
		sources[name] = strings.ReplaceAll(string(source), "\r\n", "\n")
		return err
	})
	return sources, err
}

func (t *Templates) parse(sources map[string]string) (err error) {
	texts, pages := text.New("").Option("missingkey=error"), html.New("").Option("missingkey=error")
	for name, source := range sources {
		switch {
		case path.Dir(name) != "parts":
		case path.Ext(name) == ".txt":
			_, err = texts.New(name).Parse(source)
		default:
			_, err = pages.New(name).Parse(source)
		}
		if err != nil {
			return err
		}
	}
	for name := range sources {
		key, kind := strings.TrimSuffix(name, path.Ext(name)), path.Ext(name)
		switch _, hasText := sources[key+".txt"]; {
		case path.Dir(name) == "parts":
		case !hasText:
			return fmt.Errorf("%s has no %s.txt, which also says the subject", name, key)
		case kind == ".txt":
			if t.messages[key], err = parseMessage(key, sources, texts, pages); err != nil {
				return err
			}
		}
	}
	if len(t.messages) == 0 {
		return errors.New("the folder holds no messages, such as welcome.txt")
	}
	return nil
}

// parseMessage parses a message's files, each into a copy of the parts: it sees those, and not what other
// messages define.
func parseMessage(key string, sources map[string]string, texts *text.Template, pages *html.Template) (*message, error) {
	m := new(message)
	if err := m.parseText(text.Must(texts.Clone()), key+".txt", sources[key+".txt"]); err != nil {
		return nil, err
	}
	if page, ok := sources[key+".html"]; ok {
		return m, m.parseHTML(html.Must(pages.Clone()), key+".html", page)
	}
	return m, nil
}

// used finds the names of other templates in a template as it prints itself.
var used = regexp.MustCompile(`\{\{template "([^"\\]+)"`)

func (m *message) parseText(parts *text.Template, name, source string) (err error) {
	first, body, _ := strings.Cut(source, "\n")
	subject, ok := strings.CutPrefix(first, "Subject: ")
	if !ok || strings.TrimSpace(subject) == "" {
		return fmt.Errorf("%s: the first line should be Subject: and the subject", name)
	}
	body = strings.TrimLeft(body, "\n")
	if body == "" {
		return fmt.Errorf("%s: there is no text after the subject", name)
	}
	if m.subject, err = parts.New(name + " (subject)").Parse(subject); err != nil {
		return err
	}
	if m.text, err = parts.New(name).Parse(body); err != nil {
		return err
	}
	for _, t := range parts.Templates() {
		for _, match := range used.FindAllStringSubmatch(t.Root.String(), -1) {
			if parts.Lookup(match[1]) == nil {
				return fmt.Errorf("%s: there is no template %q", t.Name(), match[1])
			}
		}
	}
	return nil
}

func (m *message) parseHTML(parts *html.Template, name, source string) (err error) {
	if m.html, err = parts.New(name).Parse(source); err != nil {
		return err
	}
	// What it cannot escape or find, package html/template says when it is first used. That it lacks its data is
	// no concern here.
	var broken *html.Error
	if errors.As(m.html.Execute(io.Discard, nil), &broken) {
		return broken
	}
	return nil
}

// Message returns a message to somebody, made from the template of that name and the data. More can be set in it
// before it is sent. An error names what is wrong with the template, or what the data lack.
func (t *Templates) Message(name string, to Address, data any) (Message, error) {
	m, ok := t.messages[name]
	if !ok {
		return Message{}, fmt.Errorf("mail: there is no template %s.txt", name)
	}
	var subject, body, page strings.Builder
	err := m.subject.Execute(&subject, data)
	if err == nil {
		err = m.text.Execute(&body, data)
	}
	if err == nil && m.html != nil {
		err = m.html.Execute(&page, data)
	}
	if err != nil {
		return Message{}, fmt.Errorf("mail: %w", err)
	}
	return Message{To: []Address{to}, Subject: phrase(subject.String()), Text: body.String(), HTML: page.String()}, nil
}
