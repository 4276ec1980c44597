package utils_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"

	"github.com/terem-go/terem/internal/scaffold/app/utils"
)

func TestFormatters(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"": "", "  a \n\t b ": "a b", "Ада  Л": "Ада Л"} {
		if got := utils.OneLine(in); got != want {
			t.Errorf("OneLine(%q) = %q, want %q", in, got, want)
		}
	}
	if got := utils.Email(" Ada@Example.COM "); got != "ada@example.com" {
		t.Errorf("Email = %q", got)
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
	for s, want := range map[string]bool{"ada@example.com": true, "": false, "ada": false, "Ada <ada@example.com>": false, "a@b, c@d": false, "a@b\u009b31m.c": false, "a@b\u202e.c": false, "ü@bücher.example": true} {
		if got := utils.IsEmail(s); got != want {
			t.Errorf("IsEmail(%q) = %v, want %v", s, got, want)
		}
	}
}
