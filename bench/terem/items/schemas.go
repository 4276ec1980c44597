package items

import "time"

// ItemByID names an item.
type ItemByID struct {
	ID int64 `path:"id" minimum:"1"`
}

// ItemCreate adds an item.
type ItemCreate struct {
	Body struct {
		Name  string `json:"name" minLength:"1" maxLength:"100"`
		Note  string `json:"note" maxLength:"500"`
		Price int64  `json:"price" minimum:"0"`
	}
}

// ItemRead is an item as clients see one.
type ItemRead struct {
	ID        int64     `json:"id"`
	Name      string    `json:"name"`
	Note      string    `json:"note"`
	Price     int64     `json:"price"`
	CreatedAt time.Time `json:"created_at"`
}

// newItemRead turns a row into what clients see of it.
func newItemRead(it *Item) *ItemRead {
	return &ItemRead{ID: it.ID, Name: it.Name, Note: it.Note, Price: it.Price, CreatedAt: it.CreatedAt}
}
