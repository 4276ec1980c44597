package pages_test

import (
	"log/slog"
	"os"
	"strings"
	"testing"

	"github.com/terem-go/terem/api/apitest"
	"github.com/terem-go/terem/app"
	"github.com/terem-go/terem/web"

	"github.com/terem-go/terem/examples/conduit/pages"
)

func TestHome(t *testing.T) {
	t.Parallel()
	assets, err := web.NewAssets(os.DirFS("../static"), "/static/")
	if err != nil {
		t.Fatal(err)
	}
	p, err := pages.New(pages.Config{Assets: assets, Key: []byte(strings.Repeat("k", 32))})
	if err != nil {
		t.Fatal(err)
	}
	a := app.New(app.Config{Logger: slog.New(slog.DiscardHandler), Assets: assets})
	a.Register(p)
	h, err := a.Handler()
	if err != nil {
		t.Fatal(err)
	}
	apitest.New(t, h).Get("/").Expect(200).Contains("<h1>Conduit</h1>")
}
