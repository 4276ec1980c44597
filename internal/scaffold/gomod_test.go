package scaffold_test

import (
	"testing"

	"github.com/terem-go/terem/internal/scaffold"
)

func TestReplacement(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ dir, checkout, want string }{
		{"/home/ada/shop", "/home/ada/terem", "../terem"},
		{"/home/ada/work/shop", "/home/ada/terem", "../../terem"},
		{"/home/ada/terem/shop", "/home/ada/terem", ".."},
		{"/home/ada", "/home/ada/terem", "./terem"},
		{"/home/ada", "/home/ada/libs/terem", "./libs/terem"},
		{"/home/ada/shop", "/home/ada/libs/terem", "../libs/terem"},
		{"/tmp/shop", "/home/ada/terem", "/home/ada/terem"},
		{"/home/shop", "/home/ada/terem", "../ada/terem"},
	} {
		if got := scaffold.Replacement(c.dir, c.checkout); got != c.want {
			t.Errorf("from %s to %s: %q, want %q", c.dir, c.checkout, got, c.want)
		}
	}
}
