package plan_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/terem-go/terem/internal/browsertest"
	"github.com/terem-go/terem/internal/structure"
	"github.com/terem-go/terem/internal/structure/plan"
)

func TestLook(t *testing.T) {
	dir := os.Getenv("LOOK")
	for name, app := range map[string]*structure.App{"shop": shop(), "city": city(200)} {
		var b bytes.Buffer
		f := found()
		if err := plan.Page(&b, app, f); err != nil {
			t.Fatal(err)
		}
		t.Log(name, b.Len())
		file := filepath.Join(dir, name+".html")
		os.WriteFile(file, b.Bytes(), 0o666)
		ctx, log := browsertest.New(t)
		for _, s := range []struct {
			w, h int64
			dark bool
		}{{1440, 900, false}, {1440, 900, true}, {390, 844, false}, {390, 844, true}} {
			browsertest.Do(t, ctx, browsertest.Viewport(s.w, s.h, s.dark))
			for i, hash := range []string{"", "#room=orders", "#route=POST+/orders/{id}/pay&step=5", "#table=users"} {
				browsertest.Do(t, ctx, chromedp.Navigate("about:blank"))
				browsertest.Do(t, ctx, chromedp.Navigate("file://"+file+hash))
				if err := browsertest.Screenshot(ctx, filepath.Join(dir, fmt.Sprint(name, s.w, s.dark, i, ".png")), s.w, s.h, s.dark); err != nil {
					t.Fatal(err)
				}
			}
		}
		t.Log(log.Errors())
	}
}
