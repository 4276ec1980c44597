package contestants

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"

	"github.com/terem-go/terem/bench/item"
)

// store is the data access of a contestant.
type store interface {
	// get returns a row, or errNotFound.
	get(ctx context.Context, id int64) (item.Item, error)
	// insert writes a row and sets its id.
	insert(ctx context.Context, it *item.Item) error
}

var errNotFound = errors.New("there is no such item")

func get(s store) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
		if err != nil || id < 1 {
			refuse(w, http.StatusUnprocessableEntity, "bad id")
			return
		}
		it, err := s.get(r.Context(), id)
		switch {
		case errors.Is(err, errNotFound):
			refuse(w, http.StatusNotFound, err.Error())
		case err != nil:
			refuse(w, http.StatusInternalServerError, "internal error")
		default:
			answer(w, http.StatusOK, it)
		}
	}
}

func create(s store) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var c item.Create
		d := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20))
		d.DisallowUnknownFields()
		if err := d.Decode(&c); err != nil {
			refuse(w, http.StatusBadRequest, "bad JSON")
			return
		}
		if err := c.Check(); err != nil {
			refuse(w, http.StatusUnprocessableEntity, err.Error())
			return
		}
		it := item.New(c)
		if err := s.insert(r.Context(), &it); err != nil {
			refuse(w, http.StatusInternalServerError, "internal error")
			return
		}
		answer(w, http.StatusCreated, it)
	}
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the client is gone
}

func refuse(w http.ResponseWriter, status int, detail string) {
	answer(w, status, map[string]any{"status": status, "detail": detail})
}
