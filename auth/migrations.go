package auth

import (
	"embed"
	"io/fs"
)

//go:embed migrations
var migrationFiles embed.FS

// Migrations holds the folders sqlite and postgres with the files that make the
// tables of Throttle, Logins, Links, Audit and Factors, for a source of package
// migrate. Package app has it as such a source: app.Auth.
func Migrations() fs.FS {
	files, _ := fs.Sub(migrationFiles, "migrations") // never fails
	return files
}
