package web_test

import (
	"strings"
	"testing"

	"github.com/terem-go/terem/web"
)

func TestQR(t *testing.T) {
	t.Parallel()
	svg, err := web.QR("otpauth://totp/Shop:ada@example.com?secret=ABC", `For your "app"`)
	if err != nil || !strings.HasPrefix(string(svg), `<svg class="qr" role="img" aria-label="For your &#34;app&#34;" viewBox="0 0 `) || strings.Count(string(svg), "M") < 200 {
		t.Errorf("%s, %v", svg, err)
	}
	if _, err := web.QR(strings.Repeat("x", 2332), ""); err == nil {
		t.Error("a text that is too long for a QR code is encoded")
	}
}
