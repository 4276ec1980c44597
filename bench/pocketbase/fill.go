package main

import (
	"encoding/json"
	"errors"
	"io"

	"github.com/pocketbase/pocketbase/core"
)

// row is a line of the input of fill.
type row struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Note  string `json:"note"`
	Price int64  `json:"price"`
}

// fill makes a collection that everybody may read and add to, and switches the
// log of requests off.
func fill(app core.App, rows io.Reader) error {
	settings := app.Settings()
	settings.Logs.MaxDays = 0
	if err := app.Save(settings); err != nil {
		return err
	}
	everybody := ""
	items := core.NewBaseCollection("items")
	items.ViewRule, items.CreateRule = &everybody, &everybody
	zero := 0.0
	items.Fields.Add(
		&core.TextField{Name: "name", Required: true, Max: 100},
		&core.TextField{Name: "note", Max: 500},
		&core.NumberField{Name: "price", OnlyInt: true, Min: &zero},
		&core.AutodateField{Name: "created_at", OnCreate: true},
	)
	if err := app.Save(items); err != nil {
		return err
	}
	if err := superuser(app); err != nil {
		return err
	}
	return app.RunInTransaction(func(tx core.App) error {
		for lines := json.NewDecoder(rows); ; {
			var r row
			err := lines.Decode(&r)
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil {
				return err
			}
			record := core.NewRecord(items)
			record.Load(map[string]any{"id": r.ID, "name": r.Name, "note": r.Note, "price": r.Price})
			if err := tx.Save(record); err != nil {
				return err
			}
		}
	})
}

// superuser makes an account that nobody logs in to: without one, PocketBase
// shows its installer at the start.
func superuser(app core.App) error {
	accounts, err := app.FindCollectionByNameOrId(core.CollectionNameSuperusers)
	if err != nil {
		return err
	}
	account := core.NewRecord(accounts)
	account.SetEmail("bench@example.com")
	account.SetRandomPassword()
	return app.Save(account)
}
