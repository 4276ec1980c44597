package main

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/terem-go/terem/api/apitest"
	"github.com/terem-go/terem/app"
	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/internal/browsertest"
	"github.com/terem-go/terem/internal/npmtest"
	"github.com/terem-go/terem/jobs"
)

// Somebody registers, writes, reads and marks in a browser, once with scripts and once
// without. Nothing goes wrong there, nothing is loaded from elsewhere, no page is
// wider than a phone, and none keeps anybody out, as far as axe can tell. Each page is
// written to the folder that TEREM_SCREENSHOTS names, if it does.
func TestInABrowser(t *testing.T) {
	t.Parallel()
	for name, scripts := range map[string]bool{"with scripts": true, "without scripts": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, err := testApp(t, dbtest.SQLite(t, migrations, jobs.Migrations(), app.Auth())).Handler()
			if err != nil {
				t.Fatal(err)
			}
			server := httptest.NewServer(h)
			t.Cleanup(server.Close)
			ada := join(apitest.New(t, h), "ada")
			for _, title := range []string{"Ways to name a variable", "Bread without a mixer"} {
				ada.Post("/api/articles", m{"article": m{"title": title, "description": "What I have learnt in ten years of doing it wrong.", "body": "Read this.", "tagList": []string{"craft", "slow"}}}).Expect(201)
			}

			var axe *npmtest.Axe
			if scripts && !testing.Short() {
				axe = new(npmtest.InstallAxe(t))
			}
			ctx, log := browsertest.New(t)
			if !scripts {
				browsertest.Do(t, ctx, browsertest.WithoutScripts())
			}
			see := func(name string) {
				t.Helper()
				for _, screen := range []struct {
					name          string
					width, height int64
					dark          bool
				}{{"phone-light", 390, 844, false}, {"phone-dark", 390, 844, true}, {"laptop-dark", 1280, 800, true}, {"laptop-light", 1280, 800, false}} {
					browsertest.Do(t, ctx, browsertest.Viewport(screen.width, screen.height, screen.dark))
					if wide := browsertest.Eval[int64](t, ctx, "document.documentElement.scrollWidth"); wide > screen.width {
						t.Errorf("%s on a %s is %d pixels wide", name, screen.name, wide)
					}
					if axe != nil {
						r := axe.Look(t, ctx)
						for _, problem := range r.Problems {
							t.Errorf("%s on a %s: %s", name, screen.name, problem)
						}
						if len(r.Rules) < 20 {
							t.Errorf("%s on a %s: axe looked by no more than the rules %q", name, screen.name, r.Rules)
						}
					}
					if dir := os.Getenv("TEREM_SCREENSHOTS"); dir != "" && scripts {
						if err := browsertest.Screenshot(ctx, filepath.Join(dir, name+"-"+screen.name+".png"), screen.width, screen.height, screen.dark); err != nil {
							t.Error(err)
						}
					}
				}
			}
			shows := func(want string) {
				t.Helper()
				if got := browsertest.Eval[string](t, ctx, "document.body.textContent"); !strings.Contains(got, want) {
					t.Fatalf("%q is not on the page:\n%s", want, got)
				}
			}
			open := func(want string, steps ...chromedp.Action[chromedp.Void]) {
				t.Helper()
				browsertest.Open(t, ctx, steps...)
				shows(want)
			}
			visit := func(path string) chromedp.Action[chromedp.Void] { return chromedp.Navigate(server.URL + path) }
			click := func(selector string) chromedp.Action[chromedp.Void] { return chromedp.Click(chromedp.CSS(selector)) }
			typed := func(field, text string) chromedp.Action[chromedp.Void] {
				return chromedp.SendKeys(chromedp.CSS("#field-"+field), text)
			}

			open("A place to share your knowledge.", visit("/"))
			see("home-nobody")
			open("Please log in first.", visit("/editor"))
			see("login")
			open("Create an account", click(`.aside a[href^="/register"]`))
			open("Please enter an e-mail address", typed("username", "jake"), typed("email", "jake@"), typed("password", "jakejake"), click(".panel .button"))
			see("register-wrong")
			open("Welcome, jake!", typed("email", kb.End+"example.com"), typed("password", "jakejake"), click(".panel .button"))
			if path := browsertest.Eval[string](t, ctx, "location.pathname"); path != "/editor" {
				t.Errorf("who has registered is led to %s, want where they wanted to go", path)
			}
			see("editor")
			open("Your article is published.", typed("title", "How to train your dragon"), typed("description", "Ever wonder how?"),
				typed("body", "It takes *years*, and a field that nobody needs.\n\n## What you need\n\n1. a dragon\n2. patience\n\n> Whoever shouts is not heard.\n\n    dragon.train(patience)\n"),
				typed("tagList", "dragons, craft"), click(".panel .button"))
			see("article-own")
			open("patience", visit("/editor/how-to-train-your-dragon"))
			see("editor-change")
			open("Ways to name a variable", visit("/"))
			see("home")

			// The first mark in the list is that of jake's own article.
			if scripts {
				browsertest.Do(t, ctx, click(`form[action*="/favorite"] button`), chromedp.WaitVisible(chromedp.CSS(".button.on:focus")))
				if path := browsertest.Eval[string](t, ctx, "location.pathname + document.querySelectorAll('.preview').length"); path != "/3" {
					t.Errorf("after a mark the page is %s", path)
				}
			} else {
				open("1, take your mark from How to train your dragon", click(`form[action*="/favorite"] button`))
			}
			shows("1, take your mark from How to train your dragon")

			open("Read this.", click(`a[href="/article/bread-without-a-mixer"]`))
			open("Thank you.", typed("body", "Thank you."), click(".comments .button"))
			see("article")
			open("Favorited", visit("/profile/ada"))
			if scripts {
				browsertest.Do(t, ctx, click(`form[action*="/follow"] button`), chromedp.WaitVisible(chromedp.CSS(`form[action*="/unfollow"]`)))
			} else {
				open("Unfollow", click(`form[action*="/follow"] button`))
			}
			see("profile")
			open("How to train your dragon", visit("/profile/jake/favorites"))
			see("profile-favorites")
			open("Bread without a mixer", visit("/?feed=following"))
			see("feed")
			open("Your settings", visit("/settings"))
			see("settings")
			open("You are logged out.", click(`form[action="/logout"] button`))
			open("Thank you.", visit("/article/bread-without-a-mixer"))
			see("article-nobody")
			open("There is nothing at this address.", visit("/nowhere"))
			see("error")
			log.Check(t, server.URL, "422 /register?next=%2feditor", "404 /nowhere")
		})
	}
}
