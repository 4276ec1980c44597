package api

// PageRequest is embedded in the input of a route that lists things page by
// page.
type PageRequest struct {
	Page int `query:"page" minimum:"1" maximum:"1000000" default:"1" doc:"The page to return, from 1."`
	Size int `query:"size" minimum:"1" maximum:"100" default:"20" doc:"How many items a page has."`
}

// Page is one page of a list.
type Page[T any] struct {
	Items []T   `json:"items" doc:"The items of this page."`
	Page  int   `json:"page" doc:"The number of this page, from 1."`
	Size  int   `json:"size" doc:"How many items a page has."`
	Total int64 `json:"total" doc:"How many items there are on all pages."`
}

// PageOf returns the page that was requested, of rows turned into items.
func PageOf[R, T any](in PageRequest, rows []R, total int64, item func(*R) T) *Page[T] {
	p := &Page[T]{Items: make([]T, len(rows)), Page: in.Page, Size: in.Size, Total: total}
	for i := range rows {
		p.Items[i] = item(&rows[i])
	}
	return p
}
