package pages_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/terem-go/terem/api/apitest"
	"github.com/terem-go/terem/db"
)

// text returns what an article's page shows of its text.
func text(r *apitest.Response) string {
	_, text, _ := strings.Cut(r.Expect(200).Body, `<div class="text">`)
	text, _, _ = strings.Cut(text, `<section class="comments"`)
	return text
}

var (
	values    = regexp.MustCompile(`="[^"]*"`)
	elements  = regexp.MustCompile(`(?i)<(script|iframe|style|form|svg|object|base|meta|link)|<[^>]*\s(on\w+|style|id)=`)
	addresses = regexp.MustCompile(`(?i)(href|src)="\s*(javascript|vbscript|file|data:[^i]|data:image/svg)`)
)

// active reports whether HTML has what would run scripts, or takes part in the page.
func active(html string) bool {
	return addresses.MatchString(html) || elements.MatchString(values.ReplaceAllString(html, `=""`))
}

// What an author writes is text, and nothing that acts on those who read it.
func TestMarkdownIsText(t *testing.T) {
	each(t, func(t *testing.T, b *apitest.Client, _ *db.DB) {
		jake := join(b, "jake")
		show := func(body string) string {
			return text(jake.Submit("/editor", form{"title": "x", "description": "x", "body": body}).Expect(303).Follow())
		}
		for _, body := range []string{
			"<script>alert(1)</script>", "a <img src=x onerror=alert(1)> b", "<svg onload=alert(1)>", "<iframe src='javascript:alert(1)'></iframe>",
			"[a](javascript:alert(1))", "[a](JaVaScRiPt:alert(1))", "[a](java\tscript:alert(1))", "[a](&#106;avascript:alert(1))", "[a]( javascript:alert(1))",
			"<javascript:alert(1)>", "![a](javascript:alert(1))", "[a](data:text/html;base64,PHNjcmlwdD4=)", "[a](vbscript:x)", "[a][b]\n\n[b]: javascript:alert(1)",
			`[a](https://x.example "onclick=alert(1)")`, `[a](https://x.example/"onclick="alert(1))`, "```\"><script>alert(1)</script>\nx\n```", "`</code><script>`",
			"![\" onerror=alert(1) x=\"](x)", "# a {#main onclick=alert(1)}", "</div></main><form action=//evil.example>", "<style>*{display:none}</style>", "<base href=//evil.example>",
		} {
			if got := show(body); active(got) {
				t.Errorf("%q is shown as\n%s", body, got)
			}
		}
		for _, body := range apitest.Hostile(200) {
			if r := jake.Submit("/editor", form{"title": "x", "description": "x", "body": body}); r.Status == 303 {
				if got := text(r.Follow()); active(got) {
					t.Errorf("%q is shown as\n%s", body, got)
				}
			} else if r.Status != 422 {
				t.Errorf("%q: status %d", body, r.Status)
			}
		}
		want := "\n<h2>H</h2>\n<p>A <strong>b</strong> <a href=\"https://x.example/?a=1&amp;b=2\" rel=\"nofollow ugc noopener\">c</a> <img src=\"https://x.example/i.png\" alt=\"d\"></p>\n<pre><code class=\"language-go\">a &lt; b\n</code></pre>\n"
		if got := show("# H\n\nA **b** [c](https://x.example/?a=1&b=2) ![d](https://x.example/i.png)\n\n```go\na < b\n```"); !strings.HasPrefix(got, want) {
			t.Errorf("shown as\n%s\nwant\n%s", got, want)
		}
	})
}

// Texts that are made to take time are shown: by the square of their length, up to what
// is read as Markdown, which is why it is no more.
func TestMarkdownOfHostileTexts(t *testing.T) {
	each(t, func(t *testing.T, b *apitest.Client, _ *db.DB) {
		jake := join(b, "jake")
		for _, unit := range []string{"[", "![", "*a_b*c_d**e_f*g**h*i_j**", "*]", "[a](", "> ", "- ", "`a``", "<a", "[a]: b\n", "\\", "&a", "1. a\n\t", "a  \n", "**a", "[a][b", "<!--", "*[a](b)", "~", "(", "_*"} {
			for _, size := range []int{19_000, 190_000} {
				path := jake.Submit("/editor", form{"title": "x", "description": "x", "body": "x" + strings.Repeat(unit, size/len(unit))}).Expect(303).Header.Get("Location")
				jake.Get(path).Expect(200)
			}
		}
	})
}

// Headings leave no level out, whatever was typed.
func TestHeadings(t *testing.T) {
	each(t, func(t *testing.T, b *apitest.Client, _ *db.DB) {
		jake := join(b, "jake")
		for typed, want := range map[string]string{
			"# a":                      "2",
			"### a":                    "2",
			"## a\n#### b\n### c\n# d": "2 3 3 2",
			"# a\n## b\n# c\n###### d": "2 3 2 3",
			"###### a\n##### b\n# c":   "2 2 2",
			"# a\n## b\n### c\n#### d\n##### e\n###### f": "2 3 4 5 6 6",
		} {
			shown := text(jake.Submit("/editor", form{"title": "x", "description": "x", "body": typed}).Expect(303).Follow())
			var levels []string
			for _, m := range regexp.MustCompile("<h([0-9])").FindAllStringSubmatch(shown, -1) {
				levels = append(levels, m[1])
			}
			if got := strings.Join(levels, " "); got != want {
				t.Errorf("%q: headings of levels %s, want %s", typed, got, want)
			}
		}
	})
}
