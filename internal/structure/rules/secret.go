package rules

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"math"
	"net/url"
	"regexp"
	"strings"

	"github.com/terem-go/terem/internal/structure"
)

var secretInCode = &Rule{
	ID:    "secret-in-code",
	Title: "No secret is written in code.",
	Reason: "Whoever may read the code, its history or the binary knows the secret, and it cannot be changed without a new version. What has been " +
		"in the history stays there.",
	WayOut: "take it from the environment as a settings.Secret in config.go, and replace the secret itself: this one is known",
	Package: func(p *structure.Package) []Finding {
		s := secrets{Package: p}
		for _, file := range p.Files {
			ast.Inspect(file, s.visit)
		}
		return s.list
	},
}

// secrets finds secrets in a package. It never shows one.
type secrets struct {
	*structure.Package
	list []Finding
}

func (s *secrets) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.BasicLit:
		if n.Kind == token.STRING {
			if what := secretShape(s.constant(n)); what != "" {
				s.list = append(s.list, found(n, what+" is written in code"))
			}
		}
	case *ast.ValueSpec:
		for i, name := range n.Names {
			if i < len(n.Values) {
				s.named(name.Name, n.Values[i])
			}
		}
	case *ast.AssignStmt:
		for i, left := range n.Lhs {
			if i < len(n.Rhs) {
				s.target(left, n.Rhs[i])
			}
		}
	case *ast.KeyValueExpr:
		s.target(n.Key, n.Value)
	}
	return true
}

// target looks at a value that is given to a variable, a field or a key.
func (s *secrets) target(left, value ast.Expr) {
	switch left := left.(type) {
	case *ast.Ident:
		s.named(left.Name, value)
	case *ast.SelectorExpr:
		s.named(left.Sel.Name, value)
	case *ast.BasicLit:
		s.named(s.constant(left), value)
	}
}

// named looks at a value whose name says that it is secret.
func (s *secrets) named(name string, value ast.Expr) {
	if call, ok := ast.Unparen(value).(*ast.CallExpr); ok && len(call.Args) == 1 && s.Info.Types[call.Fun].IsType() { // []byte("…")
		value = call.Args[0]
	}
	text := s.constant(value)
	if text != "" && secretShape(text) == "" && secretName.MatchString(name) && !notSecret.MatchString(name) && random(text) {
		s.list = append(s.list, found(value, fmt.Sprintf("the secret %s is written in code", name)))
	}
}

func (s *secrets) constant(e ast.Expr) string {
	if lit, ok := ast.Unparen(e).(*ast.BasicLit); ok {
		if v := s.Info.Types[lit].Value; v != nil && v.Kind() == constant.String {
			return constant.StringVal(v)
		}
	}
	return ""
}

var (
	secretName = regexp.MustCompile(`(?i)(passw(or)?d|secret|token|api_?key|private_?key|access_?key|signing_?key|encryption_?key|credential)`)
	// What only tells of a secret is none.
	notSecret = regexp.MustCompile(`(?i)(hash|digest|signature|sum|public|header|name|prefix|fingerprint|dummy|fake|test|sample|example|placeholder|url|path|regexp?|pattern|alphabet|charset)`)

	privateKey = regexp.MustCompile(`-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----\s+(?:[A-Za-z-]+: .*\s+)*[A-Za-z0-9+/=\s]{64}`)
	// shapes are tokens that are known by how they begin.
	shapes = map[string]*regexp.Regexp{
		"an access key of AWS":        regexp.MustCompile(`^(?:AKIA|ASIA)[A-Z2-7]{16}$`),
		"a token of GitHub":           regexp.MustCompile(`^(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{82})$`),
		"a token of GitLab":           regexp.MustCompile(`^glpat-[A-Za-z0-9_-]{20}$`),
		"a token of Slack":            regexp.MustCompile(`^xox[abprs]-[0-9]{10,}-[A-Za-z0-9-]{20,}$`),
		"a secret key of Stripe":      regexp.MustCompile(`^[sr]k_live_[A-Za-z0-9]{24,}$`),
		"an API key of Google":        regexp.MustCompile(`^AIza[A-Za-z0-9_-]{35}$`),
		"an API key of SendGrid":      regexp.MustCompile(`^SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}$`),
		"the token of a Telegram bot": regexp.MustCompile(`^[0-9]{8,10}:AA[A-Za-z0-9_-]{33}$`),
	}
)

// secretShape returns which sort of secret a text is, or "".
func secretShape(text string) string {
	if len(text) < 16 {
		return ""
	}
	if privateKey.MatchString(text) {
		return "a private key"
	}
	for what, shape := range shapes {
		if shape.MatchString(text) && entropy(text) > 3 {
			return what
		}
	}
	if strings.Contains(text, "://") && strings.Contains(text, "@") {
		if u, err := url.Parse(text); err == nil && u.User != nil {
			if password, ok := u.User.Password(); ok && random(password) {
				return "a URL with a password"
			}
		}
	}
	return ""
}

// random reports whether a text looks as if it was made by chance: long, without
// words, and of letters and digits in no order. Half of what is secret does not look
// so; what does is hardly anything else.
func random(text string) bool {
	if len(text) < 16 || len(text) > 512 || !wholly.MatchString(text) {
		return false
	}
	if hexadecimal.MatchString(text) {
		return len(text) >= 32 && entropy(text) > 3
	}
	return len(digitGroups.FindAllString(text, -1)) >= 3 && upper.MatchString(text) && lower.MatchString(text) && entropy(text) > 3.5
}

var (
	wholly      = regexp.MustCompile(`^[A-Za-z0-9+/=_-]+$`)
	hexadecimal = regexp.MustCompile(`^(?:[0-9a-f]+|[0-9A-F]+)$`)
	digitGroups = regexp.MustCompile(`[0-9]+`)
	upper       = regexp.MustCompile(`[A-Z]`)
	lower       = regexp.MustCompile(`[a-z]`)
)

// entropy returns how many bits a character of the text tells.
func entropy(text string) float64 {
	counts := map[rune]float64{}
	for _, r := range text {
		counts[r]++
	}
	bits := 0.0
	for _, n := range counts {
		p := n / float64(len(text))
		bits -= p * math.Log2(p)
	}
	return bits
}
