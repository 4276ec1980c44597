package pages

import (
	"bytes"
	"html/template"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// maxMarkdown is how many bytes are read as Markdown: some texts that are made for it
// take time by the square of their length.
const maxMarkdown = 20_000

// markdown reads CommonMark. HTML in it is left out, and so are addresses that would
// run scripts.
var markdown = goldmark.New(goldmark.WithParserOptions(parser.WithASTTransformers(util.Prioritized(guest{}, 0))))

// render returns a text that a user has written as HTML. A text that is too long to be
// read as Markdown is shown as it was typed.
func render(written string) (template.HTML, error) {
	if len(written) > maxMarkdown {
		return template.HTML(`<div class="typed">` + template.HTMLEscapeString(written) + "</div>"), nil
	}
	var b bytes.Buffer
	err := markdown.Convert([]byte(written), &b)
	return template.HTML(b.String()), err
}

// guest fits what users write into a page: its headings stand below the page's own and
// leave no level out, and its links are not vouched for.
type guest struct{}

func (guest) Transform(doc *ast.Document, _ text.Reader, _ parser.Context) {
	var above []int                                                             // the levels, as written, of the headings that a part stands below
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) { // no error is returned
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Heading:
			for len(above) > 0 && above[len(above)-1] >= n.Level {
				above = above[:len(above)-1]
			}
			above = append(above, n.Level)
			n.Level = min(len(above)+1, 6)
		case *ast.Link, *ast.AutoLink:
			n.SetAttributeString("rel", []byte("nofollow ugc noopener"))
		}
		return ast.WalkContinue, nil
	})
}
