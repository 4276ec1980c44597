package rules

import (
	"fmt"
	"go/ast"
	"strings"

	"github.com/terem-go/terem/internal/structure"
)

var sessionOutside = &Rule{
	ID:     "session-outside",
	Title:  "No session waits for the outside.",
	Reason: outsideReason,
	WayOut: "call the outside before the session's first statement, or between two units of work (take *db.DB), or enqueue a job in the session " +
		"and call from its worker",
	Application: func(a *Application) []Finding {
		w := a.ways(outside)
		type held struct {
			in  *code
			way way
		}
		var list []held
		reported := map[*structure.Func]map[*ast.CallExpr]bool{}
		seen := map[*ast.CallExpr]bool{}
		for _, c := range a.codes() {
			session, ok := c.parameter(holds)
			if !ok {
				continue
			}
			uses := c.uses(session)
			for _, s := range c.calls {
				way := w.from(c.pkg, s)
				if way == nil || !anyBefore(uses, s) {
					continue
				}
				list = append(list, held{c, way})
				if c.fn != nil && c.lit == nil {
					if reported[c.fn] == nil {
						reported[c.fn] = map[*ast.CallExpr]bool{}
					}
					reported[c.fn][way.end()] = true
				}
			}
		}
		var found []Finding
		for _, h := range list {
			known := seen[h.way[0].site.call] // of a literal that stands in another's session
			for _, f := range h.way.through() {
				known = known || reported[f][h.way.end()]
			}
			if !known {
				seen[h.way[0].site.call] = true
				found = append(found, onWay(h.way, fmt.Sprintf("%s calls the outside while its session is open: %s", h.in.name(), h.way.what()), outsideReason))
			}
		}
		return found
	},
}

const outsideReason = "From its first statement on a session holds a transaction: on SQLite the only writer, on PostgreSQL a connection and its " +
	"locks. While it waits for another system, a sleep or the hash of a password, everybody else waits for it. And when it is run again, the " +
	"other system is called again."

// onWay returns a finding at the first call of a way. Its reason shows the others.
func onWay(w way, title, reason string) Finding {
	f := Finding{Pos: w[0].site.call.Pos(), End: w[0].site.call.End(), Title: title, Reason: reason}
	if len(w) > 1 {
		f.Reason += " It comes there by " + w.String() + "."
	}
	return f
}

func anyBefore(uses []callSite, s callSite) bool {
	for _, u := range uses {
		if u.call != s.call && before(u, s) {
			return true
		}
	}
	return false
}

// outsiders are functions that wait for something other than the database, by their
// packages.
var outsiders = map[string][]string{
	"net/http": {"Get", "Head", "Post", "PostForm", "(Client).Do", "(Client).Get", "(Client).Head", "(Client).Post", "(Client).PostForm",
		"(RoundTripper).RoundTrip", "(Transport).RoundTrip"},
	"net": {"Dial", "DialTimeout", "(Dialer).Dial", "(Dialer).DialContext", "LookupHost", "LookupIP", "LookupAddr", "LookupMX", "LookupTXT",
		"(Resolver).LookupHost", "(Resolver).LookupIP", "(Resolver).LookupIPAddr", "(Resolver).LookupNetIP", "(Resolver).LookupMX"},
	"crypto/tls":                  {"Dial", "DialWithDialer", "(Dialer).Dial", "(Dialer).DialContext"},
	"net/smtp":                    {"SendMail", "Dial"},
	"time":                        {"Sleep"},
	"os/exec":                     {"(Cmd).Run", "(Cmd).Output", "(Cmd).CombinedOutput", "(Cmd).Wait"},
	"golang.org/x/crypto/bcrypt":  {"GenerateFromPassword", "CompareHashAndPassword"},
	"golang.org/x/crypto/argon2":  {"Key", "IDKey"},
	"golang.org/x/crypto/scrypt":  {"Key"},
	"golang.org/x/crypto/pbkdf2":  {"Key"},
	"crypto/pbkdf2":               {"Key"},
	"google.golang.org/grpc":      {"(ClientConn).Invoke"},
	"github.com/wneessen/go-mail": {"(Client).DialAndSend", "(Client).DialAndSendWithContext", "(Client).Send"},
	library + "/mail":             {"(Sender).Send", "(Client).Send", "(Mailbox).Send"},
	library + "/auth":             {"(Passwords).Hash", "(Passwords).Verify"},
	library + "/db":               {"Outside"},
}

// outside is the deed of calling what takes its time and is not the database.
func outside(_ *structure.Package, s callSite) string {
	if s.callee == nil || s.callee.Pkg() == nil || !isFunc(s.callee, s.callee.Pkg().Path(), outsiders[s.callee.Pkg().Path()]...) {
		return ""
	}
	path := s.callee.Pkg().Path()
	return path[strings.LastIndexByte(path, '/')+1:] + "." + funcName(s.callee)
}
