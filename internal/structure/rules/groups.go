package rules

import (
	"regexp"
	"strings"
)

// group is a set of packages that do one sort of thing.
type group struct {
	what     string   // what they are for
	packages []string // import paths; what is below one counts as well, and so do later major versions
}

var (
	groupHTTP = &group{"HTTP", []string{"net/http", library + "/api", library + "/web",
		"github.com/gin-gonic/gin", "github.com/labstack/echo", "github.com/gofiber/fiber", "github.com/go-chi/chi",
		"github.com/gorilla/mux", "github.com/julienschmidt/httprouter", "github.com/valyala/fasthttp", "github.com/danielgtaylor/huma"}}
	// groupWire is HTTP but for the schemas of the library.
	groupWire = &group{"HTTP", []string{"net/http",
		"github.com/gin-gonic/gin", "github.com/labstack/echo", "github.com/gofiber/fiber", "github.com/go-chi/chi",
		"github.com/gorilla/mux", "github.com/julienschmidt/httprouter", "github.com/valyala/fasthttp"}}
	groupData = &group{"tables and SQL", []string{library + "/dao", library + "/db/postgres", library + "/db/sqlite", "database/sql",
		"github.com/jackc/pgx", "github.com/lib/pq", "github.com/jmoiron/sqlx", "gorm.io/gorm", "github.com/uptrace/bun",
		"github.com/go-pg/pg", "go.mongodb.org/mongo-driver", "github.com/Masterminds/squirrel", "modernc.org/sqlite", "github.com/mattn/go-sqlite3"}}
	groupSession = &group{"sessions", []string{library + "/db"}}
	groupMail    = &group{"mail", []string{library + "/mail", "net/smtp", "github.com/wneessen/go-mail"}}
	groupProgram = &group{"the whole program", []string{library + "/app", library + "/settings", library + "/migrate"}}
	groupJobs    = &group{"jobs and events", []string{library + "/jobs", library + "/events", "github.com/riverqueue/river"}}
)

var majorVersion = regexp.MustCompile(`^/v[0-9]+(/|$)`)

// has reports whether a package belongs to the group. Of the library the package
// itself is meant and nothing below it.
func (g *group) has(path string) bool {
	for _, p := range g.packages {
		if path == p {
			return true
		}
		rest, ok := strings.CutPrefix(path, p)
		if ok && !strings.HasPrefix(p, library) && p != "net/http" && (rest[0] == '/' || majorVersion.MatchString(rest)) {
			return true
		}
	}
	return false
}
