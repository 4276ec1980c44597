package notifications_test

import (
	"context"
	"os"
	"strings"
	"testing"

	"github.com/terem-go/terem/dao"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/internal/scaffold/app/services/notifications"
	"github.com/terem-go/terem/internal/scaffold/app/users"
	"github.com/terem-go/terem/mail"
)

func TestWelcome(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, os.DirFS("../../migrations"), func(t *testing.T, d *db.DB) {
		box, err := mail.NewMailbox("Appname <appname@localhost>")
		if err != nil {
			t.Fatal(err)
		}
		repository := users.Repository{Table: dao.Of[users.User]("users")}
		s, err := notifications.New(notifications.Config{Users: repository, Mail: box, URL: "https://appname.example"})
		if err != nil {
			t.Fatal(err)
		}
		ctx := context.Background()
		u := users.User{Email: "ada@example.com", Name: "Ada <b>"}
		if err := d.Do(ctx, func(ctx context.Context, x *db.Session) error { return repository.Create(ctx, x, &u) }); err != nil {
			t.Fatal(err)
		}
		for _, id := range []int64{u.ID, u.ID + 1} { // nobody has the second
			if err := s.Welcome(ctx, d, id); err != nil {
				t.Fatal(err)
			}
		}
		letters := box.Letters()
		if len(letters) != 1 {
			t.Fatalf("%d messages were sent, want 1", len(letters))
		}
		m := letters[0]
		if len(m.To) != 1 || m.To[0].Address != "ada@example.com" || m.Subject != "Welcome to Appname" {
			t.Errorf("sent to %v: %s", m.To, m.Subject)
		}
		for _, want := range []string{"Hello Ada <b>,", "https://appname.example/login"} {
			if !strings.Contains(m.Text, want) {
				t.Errorf("the text lacks %q:\n%s", want, m.Text)
			}
		}
		if !strings.Contains(m.HTML, "Hello Ada &lt;b&gt;,") || !strings.Contains(m.HTML, `href="https://appname.example/login"`) {
			t.Errorf("the HTML is\n%s", m.HTML)
		}
	})
}
