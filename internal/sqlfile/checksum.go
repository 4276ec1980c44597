package sqlfile

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/internal/sqltext"
)

// Checksum names what applying the file does: the SHA-256 of its statements
// after Up, in hexadecimal. Comments and white space between words do not count,
// and neither does the part after Down, which may be mended later.
//
// Databases hold these checksums: what is the same file today must stay so.
func (f File) Checksum(d db.Dialect) string {
	h := sha256.New()
	for _, s := range f.Up {
		h.Write([]byte(plain(d, s.Text) + "\n"))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// plain returns the statement without comments, without the semicolon at its
// end, and with a space only where two words would become one.
func plain(d db.Dialect, sql string) string {
	var out strings.Builder
	gap, symbol := false, true
	for t := range sqltext.Tokens(d, sql) {
		switch t.Kind {
		case sqltext.Space, sqltext.Comment:
			gap = true
			continue
		}
		if gap && !symbol && t.Kind != sqltext.Symbol {
			out.WriteByte(' ')
		}
		gap, symbol = false, t.Kind == sqltext.Symbol
		out.WriteString(t.Text)
	}
	return strings.TrimRight(out.String(), ";")
}
