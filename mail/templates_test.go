package mail_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/terem-go/terem/mail"
)

// folder makes a file system of names and contents.
func folder(files ...string) fstest.MapFS {
	fs := fstest.MapFS{}
	for i := 0; i < len(files); i += 2 {
		fs[files[i]] = &fstest.MapFile{Data: []byte(files[i+1])}
	}
	return fs
}

type user struct{ Name, Link string }

func TestMessageOfTemplates(t *testing.T) {
	t.Parallel()
	templates, err := mail.ParseTemplates(folder(
		"welcome.txt", "Subject: Welcome, {{.Name}}\r\n\r\nHello {{.Name}},\r\n{{.Link}}\r\n{{template \"parts/end.txt\" .}}",
		"welcome.html", `<p title="{{.Name}}">Hello {{.Name}}</p><a href="{{.Link}}">in</a>{{template "parts/end.html" .}}`,
		"bye.txt", "Subject: Good-bye\n{{define \"own\"}}own{{end}}Text {{template \"own\"}}",
		"other.txt", "Subject: Other\n{{define \"own\"}}another{{end}}Text {{template \"own\"}}",
		"parts/end.txt", "Yours, the shop of {{.Name}}",
		"parts/end.html", "<i>Yours, the shop of {{.Name}}</i>",
	))
	if err != nil {
		t.Fatal(err)
	}
	anna := mail.Address{Name: "Anna", Address: "anna@example.com"}
	evil := user{Name: "<script>alert(1)</script>\r\nBcc: \"x\"", Link: "javascript:alert(1)"}
	for name, test := range map[string]struct {
		template string
		data     any
		want     mail.Message
	}{
		"text and HTML": {"welcome", user{"Ann & Bo", "https://example.com/?a=1&b=2"}, mail.Message{
			Subject: "Welcome, Ann & Bo",
			Text:    "Hello Ann & Bo,\nhttps://example.com/?a=1&b=2\nYours, the shop of Ann & Bo",
			HTML:    `<p title="Ann &amp; Bo">Hello Ann &amp; Bo</p><a href="https://example.com/?a=1&amp;b=2">in</a><i>Yours, the shop of Ann &amp; Bo</i>`,
		}},
		"hostile data": {"welcome", evil, mail.Message{
			Subject: `Welcome, <script>alert(1)</script> Bcc: "x"`,
			Text:    "Hello " + evil.Name + ",\n" + evil.Link + "\nYours, the shop of " + evil.Name,
			HTML: "<p title=\"&lt;script&gt;alert(1)&lt;/script&gt;\r\nBcc: &#34;x&#34;\">Hello &lt;script&gt;alert(1)&lt;/script&gt;\r\nBcc: &#34;x&#34;</p>" +
				"<a href=\"#ZgotmplZ\">in</a><i>Yours, the shop of &lt;script&gt;alert(1)&lt;/script&gt;\r\nBcc: &#34;x&#34;</i>",
		}},
		"text":                  {"bye", nil, mail.Message{Subject: "Good-bye", Text: "Text own"}},
		"its own of the name":   {"other", nil, mail.Message{Subject: "Other", Text: "Text another"}},
		"data in a map, filled": {"welcome", map[string]any{"Name": "A", "Link": "/"}, mail.Message{Subject: "Welcome, A", Text: "Hello A,\n/\nYours, the shop of A", HTML: `<p title="A">Hello A</p><a href="/">in</a><i>Yours, the shop of A</i>`}},
	} {
		test.want.To = []mail.Address{anna}
		got, err := templates.Message(test.template, anna, test.data)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(test.want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s: the message (-want +got):\n%s", name, diff)
		}
	}

	for name, data := range map[string]any{"nothing": "x", "welcome": struct{ Name string }{"Anna"}, "welcome ": nil} {
		if _, err := templates.Message(name, anna, data); err == nil || mail.Permanent(err) {
			t.Errorf("%s with %v: Permanent is %t for %v", name, data, mail.Permanent(err), err)
		}
	}
	if _, err := templates.Message("welcome", anna, map[string]any{"Name": "Anna"}); err == nil || !strings.Contains(err.Error(), "Link") {
		t.Errorf("without a key: the error is %v", err)
	}
}

func TestTemplatesThatAreRefused(t *testing.T) {
	t.Parallel()
	const good = "Subject: x\n\ntext"
	for name, test := range map[string]struct {
		files fstest.MapFS
		want  string
	}{
		"none":                     {folder(), "holds no messages"},
		"only parts":               {folder("parts/a.txt", "x"), "holds no messages"},
		"no subject":               {folder("a.txt", "Hello\n"), "a.txt: the first line should be Subject:"},
		"empty file":               {folder("a.txt", ""), "a.txt: the first line should be Subject:"},
		"empty subject":            {folder("a.txt", "Subject: \n\ntext"), "a.txt: the first line should be Subject:"},
		"subject later":            {folder("a.txt", "\nSubject: x\n\ntext"), "a.txt: the first line should be Subject:"},
		"only a subject":           {folder("a.txt", "Subject: x\n\n"), "a.txt: there is no text"},
		"HTML without text":        {folder("a.txt", good, "b.html", "<p>"), "b.html has no b.txt"},
		"text that does not parse": {folder("a.txt", "Subject: x\n{{.Name"), "a.txt"},
		"bad subject":              {folder("a.txt", "Subject: {{if .Name}}\n{{end}}text"), "a.txt (subject)"},
		"bad HTML":                 {folder("a.txt", good, "a.html", "{{end}}"), "a.html"},
		"HTML nobody can escape":   {folder("a.txt", good, "a.html", "<script>{{if .X}}</script>{{end}}"), "a.html"},
		"bad part":                 {folder("a.txt", good, "parts/b.html", "{{"), "parts/b.html"},
		"no such part, in text":    {folder("a.txt", good+`{{if .X}}{{template "parts/b.txt" .}}{{end}}`), `"parts/b.txt"`},
		"no such part, in HTML":    {folder("a.txt", good, "a.html", `{{if .X}}{{template "parts/b.html" .}}{{end}}`), `"parts/b.html"`},
		"no such part, in a part":  {folder("a.txt", good+`{{template "parts/b.txt"}}`, "parts/b.txt", `{{template "c"}}`), `parts/b.txt: there is no template "c"`},
		"another message":          {folder("a.txt", good, "b.txt", good+`{{template "a.txt"}}`), `"a.txt"`},
		"no such function":         {folder("a.txt", good+"{{money .Sum}}"), "money"},
		"another kind":             {folder("a.txt", good, "a.md", "x"), "a.md"},
		"another folder":           {folder("a.txt", good, "b/a.txt", good), "b: only parts"},
		"a folder of parts":        {folder("a.txt", good, "parts/b/a.txt", good), "parts/b: only parts"},
	} {
		_, err := mail.ParseTemplates(test.files)
		if err == nil || !strings.Contains(err.Error(), test.want) || !strings.HasPrefix(err.Error(), "mail: templates: ") {
			t.Errorf("%s: the error is %v", name, err)
		}
	}
}
