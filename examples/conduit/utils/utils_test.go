package utils_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"

	"github.com/terem-go/terem/examples/conduit/utils"
)

func TestFormatters(t *testing.T) {
	t.Parallel()
	empty, full := "", "x"
	if utils.NilIfEmpty(nil) != nil || utils.NilIfEmpty(&empty) != nil || utils.NilIfEmpty(&full) != &full {
		t.Error("NilIfEmpty keeps what is empty, or loses what is not")
	}
	if got := utils.Email(" Ada@Example.COM "); got != "ada@example.com" {
		t.Errorf("Email = %q", got)
	}
}

func TestObject(t *testing.T) {
	t.Parallel()
	for want, ids := range map[string][]int64{"{}": nil, `{"7":0}`: {7}, `{"-1":0,"9223372036854775807":0}`: {-1, 1<<63 - 1}} {
		if got := utils.Object(ids); got != want {
			t.Errorf("Object(%v) = %s, want %s", ids, got, want)
		}
	}
}

func TestPrintable(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]bool{"Ada": true, "Ада 愛": true, "": false, "   ": false, "a\x00b": false, "a\x1b[31m": false, "a\u202eb": false} {
		if got := utils.Printable(s); got != want {
			t.Errorf("Printable(%q) = %v, want %v", s, got, want)
		}
	}
}

func TestLogger(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	log := utils.NewLogger(&b, slog.LevelInfo, true)
	log.Debug("hidden")
	log.Info("shown", "n", 1)
	var record map[string]any
	if err := json.Unmarshal(b.Bytes(), &record); err != nil || record["msg"] != "shown" {
		t.Errorf("not one JSON record: %v\n%s", err, b.String())
	}
	b.Reset()
	utils.NewLogger(&b, slog.LevelInfo, false).Info("shown")
	if !strings.Contains(b.String(), "msg=shown") {
		t.Errorf("not a text record: %s", b.String())
	}
}

func TestIsEmail(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]bool{"ada@example.com": true, "": false, "ada": false, "Ada <ada@example.com>": false, "a@b, c@d": false} {
		if got := utils.IsEmail(s); got != want {
			t.Errorf("IsEmail(%q) = %v, want %v", s, got, want)
		}
	}
}
