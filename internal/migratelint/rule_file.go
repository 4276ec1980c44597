package migratelint

import "github.com/terem-go/terem/db"

// The rules about whole files.
var (
	unreadable = &rule{
		name:   "unreadable",
		title:  "the file cannot be understood: %s",
		reason: "The application would not start with it.",
		wayOut: "Correct it; a migration has the line \"-- +goose Up\", then statements that end with a semicolon, then \"-- +goose Down\" and statements.",
	}
	cutStatement = &rule{
		name:   "cut-statement",
		title:  "the statement is cut where a line inside it ends with a semicolon: %s",
		reason: "Statements end at such a line, also inside strings, comments and bodies of functions. The database would get half of it.",
		wayOut: "Put it between the lines: -- +goose StatementBegin and -- +goose StatementEnd",
	}
	fileName = &rule{
		name:   "file-name",
		title:  "the name of the file does not begin with a number and an underscore",
		reason: "Files are applied in the order of their numbers.",
		wayOut: "Name it as in 00002_orders.sql.",
	}
	sameNumber = &rule{
		name:   "same-number",
		title:  "%s has the same number",
		reason: "Two branches have taken it. The application would not start.",
		wayOut: "Give the newer file the next free number, for both databases. A gap does no harm.",
	}
	oneDatabase = &rule{
		name:   "one-database",
		title:  "there is no file with this number in %s",
		reason: "The application runs on both databases, and on one of them it would lack this change.",
		wayOut: "Write the same change there, or a file that has nothing after \"-- +goose Up\" but a comment with the reason.",
	}
	noDown = &rule{
		name:   "no-down",
		title:  "nothing takes the migration back",
		reason: "Without statements after \"-- +goose Down\", migrate down and migrate to stop here.",
		wayOut: "Write them. Where data would be lost for good, accept it with that reason.",
	}
)

// checkNumbers looks at the names of the files of one database.
func checkNumbers(r *report, files []*file) {
	first := map[int64]*file{}
	for _, f := range files {
		switch other := first[f.number]; {
		case f.number == 0:
			r.addFile(f, fileName, "", 1)
		case other != nil:
			r.addFile(f, sameNumber, other.path, 1)
		default:
			first[f.number] = f
		}
	}
}

// checkOther looks for files that have no counterpart in the other database.
func checkOther(r *report, files, others []*file, other db.Dialect) {
	numbers := map[int64]bool{}
	for _, f := range others {
		numbers[f.number] = true
	}
	for _, f := range files {
		if !numbers[f.number] {
			r.addFile(f, oneDatabase, string(other), 1)
		}
	}
}
