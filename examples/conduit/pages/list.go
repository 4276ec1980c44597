package pages

import (
	"net/url"
	"strconv"

	"github.com/terem-go/terem/examples/conduit/articles"
	"github.com/terem-go/terem/examples/conduit/profiles"
	"github.com/terem-go/terem/examples/conduit/users"
)

// perPage is how many articles of a list a page shows.
const perPage = 20

// list is a part of a list of articles, with the way to its other parts.
type list struct {
	Articles []articles.View
	Number   int   // which part it is, from 1
	Pages    int64 // how many parts there are
	visitor  users.Visitor
	path     string
	query    url.Values // what selects the list
}

func newList(v users.Visitor, views []articles.View, total int64, number int, path string, query url.Values) list {
	return list{Articles: views, Number: number, Pages: (total + perPage - 1) / perPage, visitor: v, path: path, query: query}
}

// Here returns the address of this part.
func (l list) Here() string { return l.at(int64(l.Number)) }

// Newer returns the address of the part before, or "" for none.
func (l list) Newer() string { return l.at(min(int64(l.Number)-1, l.Pages)) }

// Older returns the address of the next part, or "" for none.
func (l list) Older() string {
	if int64(l.Number) >= l.Pages {
		return ""
	}
	return l.at(int64(l.Number) + 1)
}

func (l list) at(number int64) string {
	if number < 1 {
		return ""
	}
	query := url.Values{}
	for name, values := range l.query {
		query[name] = values
	}
	if number > 1 {
		query.Set("page", strconv.FormatInt(number, 10))
	}
	if len(query) == 0 {
		return l.path
	}
	return l.path + "?" + query.Encode()
}

// Mark returns the button of an article of the list.
func (l list) Mark(a articles.View) markView { return markView{a, l.visitor.User != nil, l.Here()} }

// markView is the button by which visitors mark an article.
type markView struct {
	Article articles.View
	Member  bool   // the visitor is logged in
	Here    string // where the button stands
}

// followView is the button by which visitors follow somebody.
type followView struct {
	Profile profiles.Profile
	Member  bool
	Here    string
}
