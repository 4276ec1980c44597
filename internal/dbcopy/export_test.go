package dbcopy

import (
	"database/sql"
	"errors"
)

// Exec changes a file without looking at its foreign keys.
func Exec(path, query string) error {
	d, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		return err
	}
	_, err = d.Exec(query)
	return errors.Join(err, d.Close())
}
