// Package web serves pages: templates with layouts, forms with errors, flash messages, cookies, assets with
// fingerprints, and built front ends.
//
//	assets, err := web.NewAssets(static.Files, "/static/")
//	views, err := web.NewViews(web.ViewsConfig{Templates: templates, Assets: assets, Key: key, Secure: production})
//
//	func (p *Router) signUp(ctx context.Context, d *db.DB, in *SignUp) (*web.Page, error) {
//		if !in.Form.Valid() {
//			return p.views.Page("signup", in.Form).Status(422), nil
//		}
//		…
//		return p.views.Redirect("/account").Flash("Welcome!").Cookie(p.login.Set(token)), nil
//	}
//
// A [Page] is the output of a typed route of package api, where a [Form] is a field of the input. Neither needs
// that package: under plain net/http, [Page.Send] answers a request. Everything here may be used by several
// goroutines at once, except a Page and a Form, which belong to one request.
//
// # Templates
//
// Templates are those of html/template, in a folder:
//
//	layouts/base.html   what pages stand in
//	parts/menu.html     what several pages show
//	signup.html         the page "signup"
//	admin/users.html    the page "admin/users"
//
// A page names its layout and defines what the layout shows; a file is named by its path:
//
//	{{template "layouts/base.html" .}}
//	{{define "title"}}Sign up{{end}}
//	{{define "main"}}
//	<form method="post" novalidate>
//		{{template "errors" .Data}}
//		{{template "field" .Data.Field "email"}}
//		{{template "field" .Data.Field "password"}}
//		<button>Sign up</button>
//	</form>
//	{{end}}
//
// The dot of a page has
//
//	.Data    what the handler gave to Page
//	.User    what it gave to For; nil for nobody
//	.Path    the path of the request, such as "/account"
//	.Flash   the messages to show once, each with Kind ("notice" or "alert"), Role ("status" or "alert") and Text
//
// and {{asset "app.css"}} is the address of an asset. The templates "field" and "errors" come from this package;
// a file in parts that defines one of them replaces it.
package web
