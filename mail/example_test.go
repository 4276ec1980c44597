package mail_test

import (
	"context"
	"fmt"
	"testing/fstest"

	"github.com/terem-go/terem/mail"
)

// A message from a template, in development. In production, mail.Open stands where NewMailbox does.
func Example() {
	templates, err := mail.ParseTemplates(fstest.MapFS{ // an embed.FS in an application
		"welcome.txt":  {Data: []byte("Subject: Welcome, {{.Name}}\n\nHello {{.Name}}, log in at {{.URL}}\n")},
		"welcome.html": {Data: []byte(`<p>Hello {{.Name}}, <a href="{{.URL}}">log in</a></p>`)},
	})
	if err != nil {
		panic(err)
	}
	box, err := mail.NewMailbox("Shop <shop@example.com>")
	if err != nil {
		panic(err)
	}
	var sender mail.Sender = box // http.Handle("/dev/mail/", box.Handler("/dev/mail")) shows it

	anna := mail.Address{Name: "Anna", Address: "anna@example.com"}
	m, err := templates.Message("welcome", anna, map[string]any{"Name": "Anna & Co", "URL": "https://shop.example/login"})
	if err != nil {
		panic(err)
	}
	m.ID = "job-17" // the same in every attempt
	if err := sender.Send(context.Background(), m); err != nil {
		fmt.Println(err, mail.Permanent(err))
	}

	for _, l := range box.Letters() {
		fmt.Printf("%s to %s: %s\n", l.From.Address, l.To[0].Address, l.Subject)
		fmt.Print(l.Text)
		fmt.Println(l.HTML)
	}
	// Output:
	// shop@example.com to anna@example.com: Welcome, Anna & Co
	// Hello Anna & Co, log in at https://shop.example/login
	// <p>Hello Anna &amp; Co, <a href="https://shop.example/login">log in</a></p>
}

// What to do with a message that cannot be sent.
func ExamplePermanent() {
	box, err := mail.NewMailbox("shop@example.com")
	if err != nil {
		panic(err)
	}
	err = box.Send(context.Background(), mail.Message{
		To:      []mail.Address{{Address: "anna@example"}, {Address: "bob\r\nRCPT TO:<eve@example.com>"}},
		Subject: "Hello",
		Text:    "Hello",
	})
	fmt.Println(err)
	fmt.Println("another attempt is pointless:", mail.Permanent(err))
	// Output:
	// mail: the message cannot be sent: To: "bob\r\nRCPT TO:<eve@example.com>" is not an address such as anna@example.com
	// another attempt is pointless: true
}
